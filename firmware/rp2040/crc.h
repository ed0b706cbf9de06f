/* Check sums of the current converter, MSB first, from 0, nothing inverted. */
#ifndef OHM_CRC_H
#define OHM_CRC_H

#include <stdint.h>

void crc_start(void);

/* Of a run of 16-bit words, each MSB first. Over data followed by its check sum it is 0. */
uint16_t crc_data(const uint16_t *words, unsigned count);

uint8_t crc_register(uint16_t word);

#endif
