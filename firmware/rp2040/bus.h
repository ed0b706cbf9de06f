/* The two SPI buses: bus 0 for line converters and pattern latches, bus 1 for the current converter. */
#ifndef OHM_BUS_H
#define OHM_BUS_H

#include <stdint.h>

/* What a frame on bus 0 is for: each has its mode and its clock. */
enum bus_format { BUS_DAC, BUS_DAC_SLOW, BUS_LATCH };

void bus_start(void);

/* Selects the format of bus 0. Only while every select is inactive: the clock's idle level may change. */
void bus_select(enum bus_format format);

/* Sends `count` bytes (at most 8) on bus 0 and returns when the last bit is out; `exchange` takes the answer as well. */
void bus_send(const uint8_t *sent, unsigned count);
void bus_exchange(const uint8_t *sent, uint8_t *received, unsigned count);

/* Bus 1: frames of 8 or 16 bits. */
void adc_bus_width(unsigned bits);
uint16_t adc_bus_frame(uint16_t word);

/* Takes `count` frames one after the other without a gap. */
void adc_bus_take(uint16_t *words, unsigned count);

#endif
