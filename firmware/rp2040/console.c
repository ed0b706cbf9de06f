/* The byte stream to the host: MicroPython's USB serial port, without its console. */
#include "ohm_port.h"

#include "hardware/watchdog.h"
#include "py/mphal.h"
#include "py/ringbuf.h"
#include "py/runtime.h"
#include "py/stream.h"
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

void ohm_port_console(int open) {
    mp_hal_set_interrupt_char(open ? NO_INTERRUPT : INTERRUPT);
}

int ohm_port_read(uint8_t *buffer, int capacity, uint32_t timeout_ms) {
    uint32_t start = mp_hal_ticks_ms();
    for (;;) {
        int length = 0;
        while (length < capacity && mp_hal_stdio_poll(MP_STREAM_POLL_RD)) {
            int byte;
            while (length < capacity && (byte = ringbuf_get(&stdin_ringbuf)) >= 0) {
                buffer[length++] = (uint8_t)byte;
            }
        }
        uint32_t elapsed = mp_hal_ticks_ms() - start;
        if (length || elapsed >= timeout_ms) {
            return length;
        }
        mp_event_wait_ms(timeout_ms - elapsed);
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
