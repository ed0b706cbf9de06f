/* Two state machines of PIO 0.
 *
 * Gate: takes a count and a pattern, drives the pattern, counts down, drives 0. Once it runs nothing but gate_close or a
 * reset ends it sooner, and nothing at all ends it later. A gate of `count` lasts count + 2 cycles: OUT ends at the
 * first, JMP runs count + 1 times, SET acts at the end of its own.
 * Convert: takes a word and gives one pulse.
 */
#include "gate.h"

#include "hardware/pio.h"
#include "hardware/pio_instructions.h"

#include "board_pins.h"
#include "wait.h"

#define GATE_PIO pio0
#define GATE_SM 0u
#define CONVERT_SM 1u

#define GATE_PINS 2u
#define PATTERN_ROWS 1u
#define PATTERN_ROWS_AND_COLS 3u
#define OVERHEAD_CYCLES 2u
#define SHORTEST_CYCLES 2u
#define CONVERT_HIGH_NS 30u         /* the converter asks for some 10 ns [recalled] */
#define CONVERT_HIGH_CYCLES ((CONVERT_HIGH_NS + OHM_CYCLE_NS - 1u) / OHM_CYCLE_NS)

enum { GATE_WAIT, GATE_COUNT, GATE_PATTERN, GATE_OPEN, GATE_HOLD, GATE_CLOSE, GATE_LENGTH };
#define CONVERT_ORIGIN GATE_LENGTH
#define CONVERT_LENGTH 3u

static void load(void) {
    const uint16_t program[GATE_LENGTH + CONVERT_LENGTH] = {
        [GATE_WAIT] = (uint16_t)pio_encode_pull(false, true),
        [GATE_COUNT] = (uint16_t)pio_encode_mov(pio_x, pio_osr),
        [GATE_PATTERN] = (uint16_t)pio_encode_pull(false, true),
        [GATE_OPEN] = (uint16_t)pio_encode_out(pio_pins, GATE_PINS),
        [GATE_HOLD] = (uint16_t)pio_encode_jmp_x_dec(GATE_HOLD),
        [GATE_CLOSE] = (uint16_t)pio_encode_set(pio_pins, 0),
        [CONVERT_ORIGIN] = (uint16_t)pio_encode_pull(false, true),
        [CONVERT_ORIGIN + 1] = (uint16_t)(pio_encode_set(pio_pins, 1) | pio_encode_delay(CONVERT_HIGH_CYCLES - 1)),
        [CONVERT_ORIGIN + 2] = (uint16_t)pio_encode_set(pio_pins, 0),
    };
    const pio_program_t whole = {.instructions = program, .length = GATE_LENGTH + CONVERT_LENGTH, .origin = 0};
    pio_add_program_at_offset(GATE_PIO, &whole, 0);
}

static void machine(unsigned sm, unsigned first, unsigned last, unsigned pin, unsigned pins) {
    pio_sm_config config = pio_get_default_sm_config();
    sm_config_set_wrap(&config, first, last);
    sm_config_set_out_pins(&config, pin, pins);
    sm_config_set_set_pins(&config, pin, pins);
    sm_config_set_out_shift(&config, true, false, 32);
    pio_sm_init(GATE_PIO, sm, first, &config);
    pio_sm_set_pins_with_mask(GATE_PIO, sm, 0, ((1u << pins) - 1u) << pin);
    pio_sm_set_consecutive_pindirs(GATE_PIO, sm, pin, pins, true);
    for (unsigned i = 0; i < pins; i++) {
        pio_gpio_init(GATE_PIO, pin + i);
    }
    pio_sm_set_enabled(GATE_PIO, sm, true);
}

void gate_start(void) {
    static bool claimed;
    if (!claimed) {
        pio_claim_sm_mask(GATE_PIO, 1u << GATE_SM | 1u << CONVERT_SM);
        load();
        claimed = true;
    }
    pio_set_sm_mask_enabled(GATE_PIO, 1u << GATE_SM | 1u << CONVERT_SM, false);
    machine(GATE_SM, GATE_WAIT, GATE_CLOSE, PIN_ROW_EN, GATE_PINS);
    machine(CONVERT_SM, CONVERT_ORIGIN, CONVERT_ORIGIN + CONVERT_LENGTH - 1, PIN_ADC_CONVST, 1);
}

void gate_open(bool columns, uint32_t width_ns) {
    uint32_t cycles = width_ns / OHM_CYCLE_NS;
    cycles = cycles < SHORTEST_CYCLES ? SHORTEST_CYCLES : cycles;
    pio_sm_put(GATE_PIO, GATE_SM, cycles - OVERHEAD_CYCLES);
    pio_sm_put(GATE_PIO, GATE_SM, columns ? PATTERN_ROWS_AND_COLS : PATTERN_ROWS);
}

bool gate_is_open(void) {
    return pio_sm_get_pc(GATE_PIO, GATE_SM) != GATE_WAIT || !pio_sm_is_tx_fifo_empty(GATE_PIO, GATE_SM);
}

void gate_close(void) {
    pio_sm_set_enabled(GATE_PIO, GATE_SM, false);
    pio_sm_exec(GATE_PIO, GATE_SM, pio_encode_set(pio_pins, 0));
    pio_sm_clear_fifos(GATE_PIO, GATE_SM);
    pio_sm_restart(GATE_PIO, GATE_SM);
    pio_sm_exec(GATE_PIO, GATE_SM, pio_encode_jmp(GATE_WAIT));
    pio_sm_set_enabled(GATE_PIO, GATE_SM, true);
}

void gate_convert(void) {
    pio_sm_put(GATE_PIO, CONVERT_SM, 0);
}
