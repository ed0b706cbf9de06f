/* A stand-in for the RP2040's boot ROM, written from the SDK's declarations: what the SDK's start-up and MicroPython look
 * up in it, and nothing else. It does not boot (the runner sets stack and start address), and its floating point is
 * libgcc's: results may differ from the real ROM's in the last place and at the edges.
 *
 * Flash functions stop at a breakpoint that the runner serves.
 */
#include <stddef.h>
#include <stdint.h>

#define CODE(a, b) ((uint32_t)(a) | (uint32_t)(b) << 8)

/* --- bits and memory --- */

static uint32_t popcount(uint32_t x) {
    uint32_t count = 0;
    for (; x; x >>= 1) {
        count += x & 1u;
    }
    return count;
}

static uint32_t reverse(uint32_t x) {
    uint32_t result = 0;
    for (int i = 0; i < 32; i++, x >>= 1) {
        result = result << 1 | (x & 1u);
    }
    return result;
}

static uint32_t leading_zeros(uint32_t x) {
    uint32_t count = 0;
    for (uint32_t bit = 0x80000000u; bit && !(x & bit); bit >>= 1) {
        count++;
    }
    return count;
}

static uint32_t trailing_zeros(uint32_t x) {
    uint32_t count = 0;
    for (uint32_t bit = 1u; bit && !(x & bit); bit <<= 1) {
        count++;
    }
    return count;
}

/* As in the real one, words are copied where both ends lie alike. Volatile, so that the compiler does not turn the loops
 * into calls of these very functions. */
void *memset(void *destination, int value, size_t size) {
    uint8_t byte = (uint8_t)value;
    if ((((uintptr_t)destination | size) & 3u) == 0) {
        volatile uint32_t *words = destination;
        for (size_t i = 0; i < size / 4; i++) {
            words[i] = byte * 0x01010101u;
        }
    } else {
        volatile uint8_t *bytes = destination;
        for (size_t i = 0; i < size; i++) {
            bytes[i] = byte;
        }
    }
    return destination;
}

/* As the real one (bootrom_misc.S), which matters where blocks overlap: what is short, or does not lie alike, from its end
 * downwards, all else upwards. */
void *memcpy(void *destination, const void *source, size_t size) {
    volatile uint8_t *to = destination;
    const uint8_t *from = source;
    if (size < 8 || (((uintptr_t)to ^ (uintptr_t)from) & 3u)) {
        while (size--) {
            to[size] = from[size];
        }
        return destination;
    }
    for (; (uintptr_t)to & 3u; size--) {
        *to++ = *from++;
    }
    for (; size >= 4; size -= 4, to += 4, from += 4) {
        *(volatile uint32_t *)to = *(const uint32_t *)from;
    }
    for (; size; size--) {
        *to++ = *from++;
    }
    return destination;
}

/* --- flash, served by the runner --- */

#define SERVED(name, code)                                       \
    __attribute__((naked)) static void name(void) {              \
        __asm("bkpt #" #code "\n bx lr");                        \
    }

SERVED(flash_erase, 0x21)
SERVED(flash_program, 0x22)
SERVED(usb_boot, 0x23)
SERVED(not_provided, 0x2f)

static void nothing(void) {
}

/* --- single-precision floating point --- */

static float add(float a, float b) { return a + b; }
static float subtract(float a, float b) { return a - b; }
static float multiply(float a, float b) { return a * b; }
static float divide(float a, float b) { return a / b; }

static float square_root(float x) {
    union {
        float value;
        uint32_t bits;
    } estimate = {x};
    if (!(x > 0)) {
        return x;
    }
    estimate.bits = 0x1fbd1df5u + (estimate.bits >> 1);
    for (int i = 0; i < 4; i++) {
        estimate.value = 0.5f * (estimate.value + x / estimate.value);
    }
    return estimate.value;
}

static float scaled(float x, int exponent) {
    for (; exponent > 0; exponent--) {
        x *= 2;
    }
    for (; exponent < 0; exponent++) {
        x *= 0.5f;
    }
    return x;
}

static int32_t to_int(float x) { return (int32_t)x; }
static int32_t to_fixed(float x, int e) { return (int32_t)scaled(x, e); }
static uint32_t to_unsigned(float x) { return x < 0 ? 0 : (uint32_t)x; }
static uint32_t to_unsigned_fixed(float x, int e) { return to_unsigned(scaled(x, e)); }
static float from_int(int32_t x) { return (float)x; }
static float from_fixed(int32_t x, int e) { return scaled((float)x, -e); }
static float from_unsigned(uint32_t x) { return (float)x; }
static float from_unsigned_fixed(uint32_t x, int e) { return scaled((float)x, -e); }
static float from_int64(int64_t x) { return (float)x; }
static float from_unsigned64(uint64_t x) { return (float)x; }
static int64_t to_int64(float x) { return (int64_t)x; }
static uint64_t to_unsigned64(float x) { return (uint64_t)x; }
static double to_double(float x) { return x; }

/* In the order of the SDK's SF_TABLE offsets (pico/bootrom/sf_table.h), 4 bytes an entry. */
static void *const float_table[32] = {
    add, subtract, multiply, divide, not_provided, not_provided, square_root, to_int,
    to_fixed, to_unsigned, to_unsigned_fixed, from_int, from_fixed, from_unsigned, from_unsigned_fixed, not_provided,
    not_provided, not_provided, not_provided, not_provided, not_provided, not_provided, not_provided, from_int64,
    not_provided, from_unsigned64, not_provided, to_int64, not_provided, to_unsigned64, not_provided, to_double,
};

/* --- tables --- */

struct entry {
    uint32_t code;
    const void *what;
};

static const struct entry functions[] = {
    {CODE('P', '3'), popcount}, {CODE('R', '3'), reverse}, {CODE('L', '3'), leading_zeros},
    {CODE('T', '3'), trailing_zeros}, {CODE('M', 'S'), memset}, {CODE('S', '4'), memset},
    {CODE('M', 'C'), memcpy}, {CODE('C', '4'), memcpy}, {CODE('I', 'F'), nothing}, {CODE('E', 'X'), nothing},
    {CODE('R', 'E'), flash_erase}, {CODE('R', 'P'), flash_program}, {CODE('F', 'C'), nothing},
    {CODE('C', 'X'), nothing}, {CODE('U', 'B'), usb_boot}, {0, 0},
};

static const char copyright[] = "stand-in, not the ROM of the RP2040";
static const uint32_t revision = 0;

static const struct entry data[] = {
    {CODE('S', 'F'), float_table}, {CODE('C', 'R'), copyright}, {CODE('G', 'R'), &revision}, {0, 0},
};

#define DATA_TABLE 2u       /* what the header gives as the data table's address */

const void *rom_lookup(uint16_t *table, uint32_t code) {
    for (const struct entry *entry = (uintptr_t)table == DATA_TABLE ? data : functions; entry->code; entry++) {
        if (entry->code == code) {
            return entry->what;
        }
    }
    return 0;
}

static void stop(void) {
    for (;;) {
    }
}

/* Vectors, and at 0x10 the mark, the version, and (by the linker script) the two tables and the look-up function. */
__attribute__((section(".header"), used)) static const struct {
    uint32_t stack;
    void *vectors[3];
    uint8_t mark[4];
} header = {0x20042000u, {stop, stop, stop}, {'M', 'u', 1, 2}};
