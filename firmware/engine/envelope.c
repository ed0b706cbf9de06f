/* Lines and the envelope of a line, `@<id>[/<lease>] <body> *<crc>`, and its check sum: CRC-32, the one of zip and Ethernet. */
#include <string.h>

#include "ohm_engine.h"

#define POLYNOMIAL 0xEDB88320u      /* bits in reverse: the highest is the power 0 */

/* The check sum is linear: what a byte adds is the sum of what its bits add. */
#define ENTRY(n) (((n) & 1u ? 0x77073096u : 0u) ^ ((n) & 2u ? 0xEE0E612Cu : 0u) ^ ((n) & 4u ? 0x076DC419u : 0u) \
    ^ ((n) & 8u ? 0x0EDB8832u : 0u) ^ ((n) & 16u ? 0x1DB71064u : 0u) ^ ((n) & 32u ? 0x3B6E20C8u : 0u) \
    ^ ((n) & 64u ? 0x76DC4190u : 0u) ^ ((n) & 128u ? POLYNOMIAL : 0u))
#define FOUR(n) ENTRY(n), ENTRY((n) + 1u), ENTRY((n) + 2u), ENTRY((n) + 3u)
#define SIXTEEN(n) FOUR(n), FOUR((n) + 4u), FOUR((n) + 8u), FOUR((n) + 12u)
#define SIXTY_FOUR(n) SIXTEEN(n), SIXTEEN((n) + 16u), SIXTEEN((n) + 32u), SIXTEEN((n) + 48u)

static const uint32_t TABLE[256] = {SIXTY_FOUR(0u), SIXTY_FOUR(64u), SIXTY_FOUR(128u), SIXTY_FOUR(192u)};

static const char HEX[] = "0123456789abcdef";

#define NEWLINES 0x0A0A0A0Au

enum { TAIL = 10 };     /* ` *` and eight digits */

static uint32_t crc32(const uint8_t *data, int length)
{
    uint32_t crc = 0xFFFFFFFFu;
    for (const uint8_t *at = data, *end = data + length; at < end; at++)
        crc = crc >> 8 ^ TABLE[(crc ^ *at) & 0xFFu];
    return ~crc;
}

static uint32_t product(uint32_t a, uint32_t b)
{
    uint32_t sum = 0;
    for (; a != 0; a <<= 1) {
        if (a >> 31)
            sum ^= b;
        b = b & 1u ? b >> 1 ^ POLYNOMIAL : b >> 1;
    }
    return sum;
}

/* The check sum of the last `length` bytes of a text, from those of the whole and of what is before them: what is before
 * takes part as its own check sum, moved by eight bits a byte. Their bytes need not be gone through again. */
static uint32_t crc32_end(uint32_t whole, uint32_t before, int length)
{
    uint32_t power = 1u << 23;      /* eight bits */
    for (; length > 0; length >>= 1) {
        if (length & 1)
            before = product(before, power);
        power = product(power, power);
    }
    return whole ^ before;
}

static void tail_write(uint8_t *at, uint32_t crc)
{
    at[0] = ' ';
    at[1] = '*';
    for (int i = 0; i < 8; i++)
        at[2 + i] = (uint8_t)HEX[crc >> (28 - 4 * i) & 15u];
}

static int tail_is(const uint8_t *at, uint32_t crc)
{
    uint8_t tail[TAIL];
    tail_write(tail, crc);
    for (int i = 0; i < TAIL; i++)
        if (at[i] != tail[i])
            return 0;
    return 1;
}

/* A decimal number from 1 to 2^32 - 1 without a leading zero; returns its end, or 0 if there is none. */
static int id_read(const uint8_t *line, int at, int end, uint32_t *id)
{
    uint64_t value = 0;
    if (at == end || line[at] == '0')
        return 0;
    for (; at < end && line[at] >= '0' && line[at] <= '9'; at++) {
        value = value * 10 + (line[at] - (unsigned)'0');
        if (value > UINT32_MAX)
            return 0;
    }
    *id = (uint32_t)value;
    return value == 0 ? 0 : at;
}

/* Eight lower-case hex digits. */
static int lease_read(const uint8_t *line, int at, int end, uint32_t *lease)
{
    if (end - at < 8)
        return 0;
    *lease = 0;
    for (const int stop = at + 8; at < stop; at++) {
        const uint8_t c = line[at];
        if (c >= '0' && c <= '9')
            *lease = *lease << 4 | (c - (unsigned)'0');
        else if (c >= 'a' && c <= 'f')
            *lease = *lease << 4 | (c - (unsigned)'a' + 10u);
        else
            return 0;
    }
    return at;
}

/* Whether one of four bytes is zero: only there does taking one away from each borrow into a clear highest bit. */
static int has_zero(uint32_t bytes)
{
    return ((bytes - 0x01010101u) & ~bytes & 0x80808080u) != 0;
}

int ohm_newline(const uint8_t *text, int start, int stop)
{
    int at = start;
    while (at < stop && ((uintptr_t)(text + at) & 3u) != 0 && text[at] != '\n')
        at++;
    if (((uintptr_t)(text + at) & 3u) == 0)
        for (uint32_t word; at + 4 <= stop; at += 4) {
            memcpy(&word, __builtin_assume_aligned(text + at, 4), sizeof word);
            if (has_zero(word ^ NEWLINES))
                break;
        }
    for (; at < stop; at++)
        if (text[at] == '\n')
            return at;
    return -1;
}

int ohm_envelope_open(const uint8_t *line, int length, uint32_t *parts, int count)
{
    if (line == 0 || parts == 0 || count != OHM_ENVELOPE_COUNT)
        return OHM_E_ARGUMENT;
    const int end = length - TAIL;
    if (end < 4 || line[0] != '@' || line[end] != ' ' || line[end + 1] != '*')
        return OHM_ENVELOPE_BAD_FORM;
    const uint32_t crc = crc32(line, end);
    if (!tail_is(line + end, crc))
        return OHM_ENVELOPE_BAD_CRC;
    uint32_t id = 0, lease = 0;
    int at = id_read(line, 1, end, &id);
    if (at == 0)
        return OHM_ENVELOPE_BAD_ID;
    const int leased = at < end && line[at] == '/';
    if (leased) {
        at = lease_read(line, at + 1, end, &lease);
        if (at == 0)
            return OHM_ENVELOPE_BAD_LEASE;
    }
    if (at >= end || line[at] != ' ')
        return OHM_ENVELOPE_BAD_FORM;
    parts[OHM_ENVELOPE_ID] = id;
    parts[OHM_ENVELOPE_LEASED] = (uint32_t)leased;
    parts[OHM_ENVELOPE_LEASE] = lease;
    parts[OHM_ENVELOPE_BODY] = (uint32_t)at + 1;
    parts[OHM_ENVELOPE_BODY_END] = (uint32_t)end;
    parts[OHM_ENVELOPE_BODY_CRC] = leased ? crc32_end(crc, crc32(line, at + 1), end - at - 1) : 0;
    return OHM_OK;
}

int ohm_envelope_seal(uint8_t *line, int length, int capacity)
{
    if (line == 0 || length < 0 || capacity < 0 || length > capacity - TAIL)
        return OHM_E_ARGUMENT;
    tail_write(line + length, crc32(line, length));
    return length + TAIL;
}
