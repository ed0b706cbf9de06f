/* The byte stream to the host: MicroPython's USB serial port, without its console. */
#include "ohm_port.h"

#include <string.h>

#include "hardware/timer.h"
#include "hardware/watchdog.h"
#include "py/mphal.h"
#include "py/ringbuf.h"
#include "py/runtime.h"
#include "shared/runtime/interrupt_char.h"
#include "shared/tinyusb/mp_usbd.h"

#ifndef NO_QSTR        /* MicroPython's search for names comes before TinyUSB is known */
#include "tusb.h"
#endif

#define INTERRUPT 3
#define NO_INTERRUPT (-1)
#define WRITE_PATIENCE_MS 1000u     /* without progress */

extern ringbuf_t stdin_ringbuf;
int port_is_watched(void);
void __real_tud_cdc_rx_cb(uint8_t itf);
void __wrap_tud_cdc_rx_cb(uint8_t itf);

static int is_open;

void ohm_port_console(int open) {
    is_open = open;
    mp_hal_set_interrupt_char(open ? NO_INTERRUPT : INTERRUPT);
}

/* MicroPython moves what has come byte by byte into its console's buffer. The linker puts this in between: while the
 * stream is open, bytes stay with TinyUSB until ohm_port_read takes them in one go. */
void __wrap_tud_cdc_rx_cb(uint8_t itf) {
    if (!is_open) {
        __real_tud_cdc_rx_cb(itf);
    }
}

/* What came before the stream was open. */
static int read_early(uint8_t *buffer, int capacity) {
    int length = 0;
    for (int byte; length < capacity && (byte = ringbuf_get(&stdin_ringbuf)) >= 0;) {
        buffer[length++] = (uint8_t)byte;
    }
    return length;
}

/* A line in one piece, if it comes within the time-out: each piece costs the application a turn. */
int ohm_port_read(uint8_t *buffer, int capacity, uint32_t timeout_ms) {
    const uint32_t timeout_us = 1000u * timeout_ms;
    if (!tud_cdc_available()) {
        tud_cdc_read_flush();       /* what comes next lies at the beginning of the queue, and is copied in words */
    }
    uint32_t start = time_us_32();
    int length = read_early(buffer, capacity);
    int ended = memchr(buffer, '\n', (size_t)length) != NULL;
    while (!ended && length < capacity) {
        mp_usbd_task();
        if (tud_cdc_available()) {
            if (length == 0) {      /* from its first byte on a line has the whole time */
                start = time_us_32();
            }
            int taken = (int)tud_cdc_read(buffer + length, (uint32_t)(capacity - length));
            ended = memchr(buffer + length, '\n', (size_t)taken) != NULL;
            length += taken;
            continue;
        }
        uint32_t elapsed = time_us_32() - start;
        if (elapsed >= timeout_us) {
            break;
        }
        if (length == 0) {      /* the rest of a line is on its way: sleeping would delay it */
            mp_event_wait_ms((timeout_us - elapsed + 999u) / 1000u);
        }
    }
    return length;
}

void ohm_port_unread(const uint8_t *data, size_t length) {
    while (length--) {
        ringbuf_put(&stdin_ringbuf, *data++);
    }
}

void ohm_port_write(const uint8_t *data, size_t length) {
    uint32_t start = mp_hal_ticks_ms();
    while (length && tud_cdc_connected()) {
        uint32_t sent = tud_cdc_write(data, length);
        tud_cdc_write_flush();
        data += sent;
        length -= sent;
        if (sent) {
            start = mp_hal_ticks_ms();
            continue;
        }
        if (mp_hal_ticks_ms() - start > WRITE_PATIENCE_MS) {
            return;
        }
        if (port_is_watched()) {
            watchdog_update();
        }
        mp_event_wait_ms(1);
        mp_usbd_task();
    }
}
