/* The HAL of MicroPython's unix port: every call goes to the emulator, whose hardware and time are the same as for the
 * firmware that runs on CPython. Calls without an answer are not waited for; order is kept. */
#include "ohm_port.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "link.h"

static void hal_dac_load(void *ctx, int side, const uint16_t *codes, int count) {
    (void)ctx;
    link_say("dac_load %d", side);
    for (int i = 0; i < count; i++) {
        link_say(" %u", codes[i]);
    }
    link_tell();
}

static void hal_dac_update(void *ctx) {
    (void)ctx;
    link_say("dac_update");
    link_tell();
}

static void hal_latch(void *ctx, const uint8_t *row_on, int rows, const uint8_t *col_range, int cols) {
    (void)ctx;
    link_say("latch ");
    link_say_hex(row_on, (size_t)rows);
    link_say(" ");
    link_say_hex(col_range, (size_t)cols);
    link_tell();
}

static void hal_adc_span(void *ctx, int span) {
    (void)ctx;
    link_say("adc_span %d", span);
    link_tell();
}

static int hal_adc_sample(void *ctx, int log2_osr, int16_t *codes, int count) {
    (void)ctx;
    link_say("adc_sample %d %d", log2_osr, count);
    char *reply = link_ask();
    int result = (int)link_number(&reply);
    for (int i = 0; i < count; i++) {
        codes[i] = (int16_t)link_number(&reply);
    }
    return result;
}

static void hal_energise(void *ctx, int on) {
    (void)ctx;
    link_say("energise %d", on);
    link_tell();
}

static int ask_number(void) {
    char *reply = link_ask();
    return (int)link_number(&reply);
}

static int hal_energised(void *ctx) {
    (void)ctx;
    link_say("energised");
    return ask_number();
}

static void hal_gate_open(void *ctx, int columns, uint32_t width_ns) {
    (void)ctx;
    link_say("gate_open %d %lu", columns, (unsigned long)width_ns);
    link_tell();
}

static int hal_gate_wait(void *ctx, uint32_t max_ns) {
    (void)ctx;
    link_say("gate_wait %lu", (unsigned long)max_ns);
    return ask_number();
}

static void hal_gate_close(void *ctx) {
    (void)ctx;
    link_say("gate_close");
    link_tell();
}

static void hal_rails(void *ctx, int32_t *uv) {
    (void)ctx;
    link_say("rails");
    char *reply = link_ask();
    uv[0] = (int32_t)link_number(&reply);
    uv[1] = (int32_t)link_number(&reply);
}

static void hal_delay_ns(void *ctx, uint32_t ns) {
    (void)ctx;
    link_say("delay_ns %lu", (unsigned long)ns);
    link_tell();
}

static uint64_t hal_clock_ns(void *ctx) {
    (void)ctx;
    link_say("clock_ns");
    char *reply = link_ask();
    return (uint64_t)link_number(&reply);
}

static void hal_watchdog(void *ctx) {
    (void)ctx;
    link_say("watchdog");
    link_tell();
}

static const ohm_hal hal = {
    .dac_load = hal_dac_load,
    .dac_update = hal_dac_update,
    .latch = hal_latch,
    .adc_span = hal_adc_span,
    .adc_sample = hal_adc_sample,
    .energise = hal_energise,
    .energised = hal_energised,
    .gate_open = hal_gate_open,
    .gate_wait = hal_gate_wait,
    .gate_close = hal_gate_close,
    .rails = hal_rails,
    .delay_ns = hal_delay_ns,
    .clock_ns = hal_clock_ns,
    .watchdog = hal_watchdog,
};

const ohm_hal *ohm_port_start(void) {
    return &hal;
}

void ohm_port_stop(void) {
    hal_gate_close(0);
    hal_energise(0, 0);
}

int ohm_port_boot_reason(void) {
    const char *reason = getenv("OHM_BOOT_REASON");
    if (reason && strcmp(reason, "watchdog") == 0) {
        return OHM_BOOT_WATCHDOG;
    }
    return reason && strcmp(reason, "reset") == 0 ? OHM_BOOT_RESET : OHM_BOOT_POWER;
}

void ohm_port_serial(char text[OHM_SERIAL_SIZE]) {
    const char *serial = getenv("OHM_SERIAL");
    snprintf(text, OHM_SERIAL_SIZE, "%s", serial ? serial : "none");
}

void ohm_port_patience(uint32_t ms) {
    (void)ms;
}

void ohm_port_console(int open) {
    (void)open;
}

int ohm_port_read(uint8_t *buffer, int capacity, uint32_t timeout_ms) {
    link_say("read %lu", (unsigned long)timeout_ms);
    return (int)link_bytes(link_ask(), buffer, (size_t)capacity);
}

void ohm_port_unread(const uint8_t *data, size_t length) {
    (void)data;
    (void)length;
}

void ohm_port_write(const uint8_t *data, size_t length) {
    link_say("write ");
    link_say_hex(data, length);
    link_tell();
}
