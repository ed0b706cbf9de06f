/* AD7606C-16 in software mode, one output line, check sums on.
 *
 * Register frames: 0, read bit, 6 address bits, 8 data bits; what is read comes with the next frame. With check sums on
 * each carries 8 more bits. The first register frame must be a read; writing 0 to address 0 goes back to converting.
 * Sources: no-OS ad7606, Linux ad7606_spi. The frame with check sum on the way to the converter, and the meaning of a 1
 * in BANDWIDTH (the wide filter), are [recalled].
 */
#include "adc.h"

#include "hardware/gpio.h"

#include "board_pins.h"
#include "bus.h"
#include "crc.h"
#include "gate.h"
#include "wait.h"

#define READ_FRAME 0x4000u
#define CONFIG 0x02u
#define RANGE_FIRST 0x03u
#define RANGE_REGISTERS 4u
#define BANDWIDTH 0x07u
#define OVERSAMPLING 0x08u
#define DIAGNOSTICS 0x21u
#define IDENTITY 0x2Fu
#define IDENTITY_MASK 0xF0u
#define IDENTITY_AD7606C 0x30u
#define ONE_OUTPUT_LINE 0x00u
#define WIDE_BAND 0xFFu
#define CHECK_SUMS 0x04u
#define TO_CONVERSION 0u

#define CS_SETUP_NS 20u         /* [recalled] */
#define BUSY_RISES_NS 100u      /* [recalled] */
#define MARGIN_NS 20000u        /* beyond the longest conversion of the table */
#define POLL_NS (5u * OHM_CYCLE_NS)      /* a look at BUSY takes at least as long */

static const uint32_t conversion_ns[] = ADC_CONVERSION_NS;
static const uint8_t col_channel[ADC_CHANNELS] = ADC_COL_CHANNELS;

/* What the converter is set to, and what it should be set to. */
static struct {
    uint8_t span, oversampling;
} set, wanted;
static int usable, check_sums;

static uint16_t register_frame(uint16_t word) {
    gpio_put(PIN_ADC_CS_N, 0);
    wait_cycles_ns(CS_SETUP_NS);
    uint16_t answer;
    if (check_sums) {
        adc_bus_width(8);
        answer = (uint16_t)(adc_bus_frame(word >> 8) << 8);
        answer = (uint16_t)(answer | adc_bus_frame(word & 0xFFu));
        adc_bus_frame(crc_register(word));
        adc_bus_width(16);
    } else {
        answer = adc_bus_frame(word);
    }
    gpio_put(PIN_ADC_CS_N, 1);
    wait_cycles_ns(CS_SETUP_NS);
    return answer;
}

static uint8_t register_read(unsigned address) {
    uint16_t word = (uint16_t)(READ_FRAME | address << 8);
    register_frame(word);
    return (uint8_t)register_frame(word);
}

static void register_write(unsigned address, unsigned value) {
    register_frame((uint16_t)(address << 8 | value));
}

static int is_there(void) {
    return (register_read(IDENTITY) & IDENTITY_MASK) == IDENTITY_AD7606C;
}

static void write_span(unsigned span) {
    unsigned code = span ? ADC_RANGE_PULSE : ADC_RANGE_READ;
    for (unsigned i = 0; i < RANGE_REGISTERS; i++) {
        register_write(RANGE_FIRST + i, code << 4 | code);
    }
}

int adc_start(void) {
    crc_start();
    check_sums = 0;
    set.span = wanted.span = 0;
    set.oversampling = wanted.oversampling = 0;
    gpio_put(PIN_ADC_RESET, 1);
    wait_ns(ADC_RESET_NS);
    gpio_put(PIN_ADC_RESET, 0);
    wait_ns(ADC_SETUP_NS + ADC_SETUP_NS / 5u);
    usable = is_there();
    register_write(CONFIG, ONE_OUTPUT_LINE);
    write_span(0);
    register_write(BANDWIDTH, WIDE_BAND);
    register_write(OVERSAMPLING, 0);
    register_write(DIAGNOSTICS, CHECK_SUMS);
    check_sums = 1;
    register_write(TO_CONVERSION, 0);
    return usable ? 0 : -1;
}

void adc_span(int span) {
    wanted.span = span ? 1 : 0;
}

/* Registers take some 8 us: only what changed is written. */
static void apply(void) {
    if (wanted.span == set.span && wanted.oversampling == set.oversampling) {
        return;
    }
    register_read(IDENTITY);
    if (wanted.span != set.span) {
        write_span(wanted.span);
    }
    if (wanted.oversampling != set.oversampling) {
        register_write(OVERSAMPLING, wanted.oversampling);
    }
    register_write(TO_CONVERSION, 0);
    set = wanted;
}

static int finished(unsigned log2_osr) {
    uint32_t polls = (conversion_ns[log2_osr] + MARGIN_NS) / POLL_NS;
    wait_cycles_ns(BUSY_RISES_NS);
    while (gpio_get(PIN_ADC_BUSY)) {
        if (polls-- == 0) {
            return 0;
        }
    }
    return 1;
}

static int plausible(const uint16_t *words) {
    if (crc_data(words, ADC_CHANNELS + 1) != 0) {
        return 0;
    }
    for (unsigned i = 0; i < ADC_CHANNELS; i++) {
        if (words[i]) {
            return 1;
        }
    }
    /* A line stuck at 0 has the right check sum: only a converter can say who it is. */
    int there = is_there();
    register_write(TO_CONVERSION, 0);
    return there;
}

int adc_convert(int log2_osr, int16_t *codes, int count) {
    if (!usable || log2_osr > ADC_OVERSAMPLING_MAX || count > ADC_CHANNELS) {
        return -1;
    }
    wanted.oversampling = (uint8_t)log2_osr;
    apply();
    gate_convert();
    if (!finished((unsigned)log2_osr)) {
        return -1;
    }
    uint16_t words[ADC_CHANNELS + 1];
    gpio_put(PIN_ADC_CS_N, 0);
    wait_cycles_ns(CS_SETUP_NS);
    adc_bus_take(words, ADC_CHANNELS + 1);
    gpio_put(PIN_ADC_CS_N, 1);
    for (int j = 0; j < count; j++) {
        codes[j] = (int16_t)words[col_channel[j]];
    }
    return plausible(words) ? 0 : -1;
}
