/* In place of the C library's, which moves byte by byte: the boot ROM's memcpy copies words where both ends lie alike.
 * It does so only between blocks that are apart: what is short, or lies otherwise, the boot ROM copies from its end
 * downwards (bootrom_misc.S of the RP2040's boot ROM).
 */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* The compiler must not make a call of memmove out of these loops. */
__attribute__((optimize("no-tree-loop-distribute-patterns")))
void *memmove(void *to, const void *from, size_t size) {
    const uintptr_t ahead = (uintptr_t)to - (uintptr_t)from, behind = (uintptr_t)from - (uintptr_t)to;
    if (ahead >= size && behind >= size) {
        return memcpy(to, from, size);
    }
    uint8_t *place = to;
    const uint8_t *source = from;
    if (behind < size) {
        if ((((uintptr_t)place | (uintptr_t)source) & 3u) == 0) {
            for (; size >= 4; size -= 4, place += 4, source += 4) {
                *(uint32_t *)place = *(const uint32_t *)source;
            }
        }
        while (size--) {
            *place++ = *source++;
        }
    } else {
        while (size--) {
            place[size] = source[size];
        }
    }
    return to;
}
