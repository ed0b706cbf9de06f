#include "crc.h"

#include "board_pins.h"

static uint16_t table[256];

void crc_start(void) {
    for (unsigned byte = 0; byte < 256; byte++) {
        uint16_t value = (uint16_t)(byte << 8);
        for (unsigned bit = 0; bit < 8; bit++) {
            value = (uint16_t)(value & 0x8000u ? value << 1 ^ ADC_CRC_POLYNOMIAL : value << 1);
        }
        table[byte] = value;
    }
}

static uint16_t add(uint16_t crc, unsigned byte) {
    return (uint16_t)(crc << 8 ^ table[(crc >> 8 ^ byte) & 0xFFu]);
}

uint16_t crc_data(const uint16_t *words, unsigned count) {
    uint16_t crc = 0;
    for (unsigned i = 0; i < count; i++) {
        crc = add(add(crc, words[i] >> 8), words[i] & 0xFFu);
    }
    return crc;
}

uint8_t crc_register(uint16_t word) {
    uint16_t value = word;
    for (unsigned bit = 0; bit < 16; bit++) {
        value = (uint16_t)(value & 0x8000u ? value << 1 ^ ADC_REGISTER_CRC_POLYNOMIAL << 8 : value << 1);
    }
    return (uint8_t)(value >> 8);
}
