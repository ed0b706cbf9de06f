/* AD5676: 24-bit frames, command, address, code, MSB first; a frame takes effect at SYNC rising. Sources of the format:
 * Linux ad5686, no-OS ad5676. Times marked [recalled] want the datasheet. */
#include "dac.h"

#include "hardware/gpio.h"

#include "board_pins.h"
#include "bus.h"
#include "wait.h"

#define SYNC_HIGH_NS 20u        /* [recalled] */
#define LDAC_LOW_NS 20u         /* [recalled] */
#define RESET_LOW_NS 30u        /* [recalled] */
#define FRAME_BYTES (DAC_FRAME_BITS / 8u)
#define SHIFT_NS (DAC_FRAME_BITS * (1000000000u / DAC_SPI_HZ))
/* The converter takes one frame every DAC_FRAME_PERIOD_NS at most. Shifting takes the most of it. */
#define GAP_NS (DAC_FRAME_PERIOD_NS > SHIFT_NS + SYNC_HIGH_NS ? DAC_FRAME_PERIOD_NS - SHIFT_NS : SYNC_HIGH_NS)

#define CHECK_CHANNEL 5u
#define CHECK_CODE 0x800Au

static const uint8_t sync_pin[] = {PIN_ROWDAC_SYNC_N, PIN_COLDAC_SYNC_N};
static const uint8_t channels[2][DAC_CHANNELS] = {DAC_ROW_CHANNELS, DAC_COL_CHANNELS};

static void send(int side, unsigned command, unsigned channel, uint16_t code) {
    const uint8_t bytes[FRAME_BYTES] = {(uint8_t)(command << 4 | channel), (uint8_t)(code >> 8), (uint8_t)code};
    gpio_put(sync_pin[side], 0);
    bus_send(bytes, FRAME_BYTES);
    gpio_put(sync_pin[side], 1);
    wait_cycles_ns(GAP_NS);
}

/* What the frame before this one asked for. */
static uint16_t answer(int side) {
    static const uint8_t nothing[FRAME_BYTES];
    uint8_t bytes[FRAME_BYTES];
    gpio_put(sync_pin[side], 0);
    bus_exchange(nothing, bytes, FRAME_BYTES);
    gpio_put(sync_pin[side], 1);
    wait_cycles_ns(GAP_NS);
    return (uint16_t)(bytes[1] << 8 | bytes[2]);
}

/* What the input registers hold, negative if that is not known. From pulse to pulse of a list few codes change, and each
 * costs a frame. */
static int32_t held[2][DAC_CHANNELS];

void dac_forget(void) {
    for (int i = 0; i < DAC_CHANNELS; i++) {
        held[0][i] = held[1][i] = -1;
    }
}

void dac_write(int side, const uint16_t *codes, int count) {
    bus_select(BUS_DAC);
    for (int i = 0; i < count; i++) {
        if (held[side][i] != codes[i]) {
            send(side, DAC_COMMAND_WRITE, channels[side][i], codes[i]);
            held[side][i] = codes[i];
        }
    }
}

void dac_latch(void) {
    gpio_put(PIN_LDAC_N, 0);
    wait_cycles_ns(LDAC_LOW_NS);
    gpio_put(PIN_LDAC_N, 1);
}

void dac_reset(void) {
    gpio_put(PIN_DAC_RESET_N, 0);
    wait_cycles_ns(RESET_LOW_NS);
    gpio_put(PIN_DAC_RESET_N, 1);
    dac_forget();
}

int dac_check(void) {
    int result = 0;
    for (int side = 0; side < 2; side++) {
        bus_select(BUS_DAC_SLOW);
        send(side, DAC_COMMAND_WRITE, CHECK_CHANNEL, CHECK_CODE);
        send(side, DAC_COMMAND_READ_BACK, CHECK_CHANNEL, 0);
        if (answer(side) != CHECK_CODE) {
            result = -1;
        }
        send(side, DAC_COMMAND_WRITE, CHECK_CHANNEL, DAC_ZERO_CODE);
    }
    return result;
}
