/* Base64 (RFC 4648 section 4) without line breaks; strict, so that one text stands for one block of data. */
#include "ohm_engine.h"

static const char ALPHABET[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* Value of a digit, or -1. Reckoned, because a table would cost a small processor 256 bytes. */
static int digit_value(uint8_t c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

int ohm_decode(const uint8_t *text, int length, uint8_t *out, int capacity)
{
    if (length < 0 || length % 4 != 0 || capacity < 0 || (length > 0 && (text == 0 || out == 0)))
        return OHM_E_ARGUMENT;
    if (length == 0)
        return 0;
    const int padding = text[length - 1] != '=' ? 0 : text[length - 2] != '=' ? 1 : 2;
    const int size = length / 4 * 3 - padding;
    if (size > capacity)
        return OHM_E_ARGUMENT;
    int written = 0;
    for (int at = 0; at < length; at += 4) {
        const int digits = at + 4 < length ? 4 : 4 - padding;
        uint32_t word = 0;
        for (int i = 0; i < 4; i++) {
            const int value = i < digits ? digit_value(text[at + i]) : 0;
            if (value < 0)
                return OHM_E_ARGUMENT;
            word = word << 6 | (uint32_t)value;
        }
        /* bits under the padding must be zero */
        if ((digits == 3 && (word & 0xFF) != 0) || (digits == 2 && (word & 0xFFFF) != 0))
            return OHM_E_ARGUMENT;
        for (int i = 0; i < digits - 1; i++)
            out[written++] = (uint8_t)(word >> (16 - 8 * i));
    }
    return written;
}

int ohm_encode(const uint8_t *data, int length, uint8_t *text, int capacity)
{
    if (length < 0 || capacity < 0 || (length > 0 && (data == 0 || text == 0)))
        return OHM_E_ARGUMENT;
    if (((int64_t)length + 2) / 3 * 4 > capacity)
        return OHM_E_ARGUMENT;
    int written = 0;
    for (int at = 0; at < length; at += 3) {
        const int bytes = length - at < 3 ? length - at : 3;
        uint32_t word = 0;
        for (int i = 0; i < 3; i++)
            word = word << 8 | (i < bytes ? data[at + i] : 0u);
        for (int i = 0; i < 4; i++)
            text[written++] = i <= bytes ? (uint8_t)ALPHABET[word >> (18 - 6 * i) & 63] : (uint8_t)'=';
    }
    return written;
}
