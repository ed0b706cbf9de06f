/* Base64 (RFC 4648 section 4) without line breaks; strict, so that one text stands for one block of data. */
#include "ohm_engine.h"

static const char ALPHABET[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* Value of each digit, plus 1: what is not named is none. */
static const uint8_t DIGITS[256] = {
    ['A'] = 1, ['B'] = 2, ['C'] = 3, ['D'] = 4, ['E'] = 5, ['F'] = 6, ['G'] = 7, ['H'] = 8,
    ['I'] = 9, ['J'] = 10, ['K'] = 11, ['L'] = 12, ['M'] = 13, ['N'] = 14, ['O'] = 15, ['P'] = 16,
    ['Q'] = 17, ['R'] = 18, ['S'] = 19, ['T'] = 20, ['U'] = 21, ['V'] = 22, ['W'] = 23, ['X'] = 24,
    ['Y'] = 25, ['Z'] = 26, ['a'] = 27, ['b'] = 28, ['c'] = 29, ['d'] = 30, ['e'] = 31, ['f'] = 32,
    ['g'] = 33, ['h'] = 34, ['i'] = 35, ['j'] = 36, ['k'] = 37, ['l'] = 38, ['m'] = 39, ['n'] = 40,
    ['o'] = 41, ['p'] = 42, ['q'] = 43, ['r'] = 44, ['s'] = 45, ['t'] = 46, ['u'] = 47, ['v'] = 48,
    ['w'] = 49, ['x'] = 50, ['y'] = 51, ['z'] = 52, ['0'] = 53, ['1'] = 54, ['2'] = 55, ['3'] = 56,
    ['4'] = 57, ['5'] = 58, ['6'] = 59, ['7'] = 60, ['8'] = 61, ['9'] = 62, ['+'] = 63, ['/'] = 64,
};

static int32_t digit_value(uint8_t c)
{
    return DIGITS[c] - 1;
}

/* The 24 bits of four digits, or negative. */
static int32_t group_value(const uint8_t *text)
{
    const int32_t a = digit_value(text[0]), b = digit_value(text[1]);
    const int32_t c = digit_value(text[2]), d = digit_value(text[3]);
    return (a | b | c | d) < 0 ? -1 : a << 18 | b << 12 | c << 6 | d;
}

/* The last group, 0 if it is none: the bits under its padding must be zero. */
static int last_decode(const uint8_t *text, int padding, uint8_t *out)
{
    const uint8_t digits[4] = {text[0], text[1], padding < 2 ? text[2] : (uint8_t)'A', padding < 1 ? text[3] : (uint8_t)'A'};
    const int32_t word = group_value(digits);
    if (word < 0 || (padding == 1 && (word & 0xFF) != 0) || (padding == 2 && (word & 0xFFFF) != 0))
        return 0;
    for (int i = 0; i < 3 - padding; i++)
        out[i] = (uint8_t)(word >> (16 - 8 * i));
    return 1;
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
    uint8_t *to = out;
    for (const uint8_t *at = text, *last = text + length - 4; at < last; at += 4, to += 3) {
        const int32_t word = group_value(at);
        if (word < 0)
            return OHM_E_ARGUMENT;
        to[0] = (uint8_t)(word >> 16);
        to[1] = (uint8_t)(word >> 8);
        to[2] = (uint8_t)word;
    }
    return last_decode(text + length - 4, padding, to) ? size : OHM_E_ARGUMENT;
}

int ohm_encode(const uint8_t *data, int length, uint8_t *text, int capacity)
{
    if (length < 0 || capacity < 0 || (length > 0 && (data == 0 || text == 0)))
        return OHM_E_ARGUMENT;
    if (((int64_t)length + 2) / 3 * 4 > capacity)
        return OHM_E_ARGUMENT;
    uint8_t *to = text;
    for (int at = 0; at < length; at += 3, to += 4) {
        const int bytes = length - at < 3 ? length - at : 3;
        const uint32_t word = (uint32_t)data[at] << 16 | (bytes > 1 ? (uint32_t)data[at + 1] << 8 : 0u)
            | (bytes > 2 ? data[at + 2] : 0u);
        to[0] = (uint8_t)ALPHABET[word >> 18];
        to[1] = (uint8_t)ALPHABET[word >> 12 & 63];
        to[2] = bytes > 1 ? (uint8_t)ALPHABET[word >> 6 & 63] : (uint8_t)'=';
        to[3] = bytes > 2 ? (uint8_t)ALPHABET[word & 63] : (uint8_t)'=';
    }
    return (int)(to - text);
}
