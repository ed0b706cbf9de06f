/* PL022 set up by its registers: the formats of one bus alternate word by word, and the SDK's setters divide each time.
 *
 * clk = clk_peri / (prescale * (1 + rate)), at most what is asked for; hertz of the description are rounded down.
 * MicroPython starts clk_peri at 48 MHz: bus_start joins it to clk_sys. */
#include "bus.h"

#include "hardware/clocks.h"
#include "hardware/gpio.h"
#include "hardware/spi.h"
#include "hardware/structs/spi.h"

#include "board_pins.h"

#define FIFO_DEPTH 8u           /* of the PL022, either way */
#define PRESCALE 2u
#define FASTEST(hz) (PRESCALE * ((hz) + 1u))
#define RATE(hz) ((SYS_HZ + FASTEST(hz) - 1u) / FASTEST(hz) - 1u)
#define CONTROL(hz, mode, bits) (RATE(hz) << SPI_SSPCR0_SCR_LSB | (uint32_t)(mode) | ((bits) - 1u))

/* What a line converter answers is slower than what it hears: read-back stays at or below 15 MHz [recalled]. */
#define DAC_READ_BACK_HZ 15000000u

static const uint32_t formats[] = {
    [BUS_DAC] = CONTROL(DAC_SPI_HZ, DAC_SPI_MODE, 8u),
    [BUS_DAC_SLOW] = CONTROL(DAC_READ_BACK_HZ, DAC_SPI_MODE, 8u),
    [BUS_LATCH] = CONTROL(LATCH_SPI_HZ, LATCH_SPI_MODE, 8u),
};

static void start(spi_inst_t *spi, uint32_t control) {
    spi_init(spi, LATCH_SPI_HZ);
    spi_hw_t *hw = spi_get_hw(spi);
    hw->cr1 = 0;
    hw->cpsr = PRESCALE;
    hw->cr0 = control;
    hw->cr1 = SPI_SSPCR1_SSE_BITS;
}

static void control(spi_hw_t *hw, uint32_t value) {
    if (hw->cr0 != value) {
        hw->cr1 = 0;
        hw->cr0 = value;
        hw->cr1 = SPI_SSPCR1_SSE_BITS;
    }
}

void bus_start(void) {
    clock_configure(clk_peri, 0, CLOCKS_CLK_PERI_CTRL_AUXSRC_VALUE_CLK_SYS, SYS_HZ, SYS_HZ);
    start(spi0, formats[BUS_DAC]);
    start(spi1, CONTROL(ADC_SPI_HZ, ADC_SPI_MODE, 16u));
    static const uint8_t pins[] = {PIN_SPI0_SCK, PIN_SPI0_TX, PIN_SPI0_RX, PIN_SPI1_SCK, PIN_SPI1_TX, PIN_SPI1_RX};
    for (unsigned i = 0; i < sizeof pins; i++) {
        gpio_set_function(pins[i], GPIO_FUNC_SPI);
    }
}

void bus_select(enum bus_format format) {
    control(spi0_hw, formats[format]);
}

void bus_send(const uint8_t *sent, unsigned count) {
    for (unsigned i = 0; i < count; i++) {
        spi0_hw->dr = sent[i];
    }
    while (spi0_hw->sr & SPI_SSPSR_BSY_BITS) {
    }
}

void bus_exchange(const uint8_t *sent, uint8_t *received, unsigned count) {
    while (spi0_hw->sr & SPI_SSPSR_RNE_BITS) {      /* answers to what was only sent */
        (void)spi0_hw->dr;
    }
    bus_send(sent, count);
    for (unsigned i = 0; i < count; i++) {
        received[i] = (uint8_t)spi0_hw->dr;
    }
}

void adc_bus_width(unsigned bits) {
    control(spi1_hw, CONTROL(ADC_SPI_HZ, ADC_SPI_MODE, bits));
}

uint16_t adc_bus_frame(uint16_t word) {
    spi1_hw->dr = word;
    while (spi1_hw->sr & SPI_SSPSR_BSY_BITS) {
    }
    return (uint16_t)spi1_hw->dr;
}

void adc_bus_take(uint16_t *words, unsigned count) {
    unsigned asked = 0;
    for (unsigned taken = 0; taken < count;) {
        if (asked < count && asked - taken < FIFO_DEPTH) {
            spi1_hw->dr = 0;
            asked++;
        }
        if (spi1_hw->sr & SPI_SSPSR_RNE_BITS) {
            words[taken++] = (uint16_t)spi1_hw->dr;
        }
    }
}
