/* Carries out inputs of fuzz.c that are known, without libFuzzer: standard input holds one a line, in hex. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { MOST = 4096 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int main(void)
{
    static char line[2 * MOST + 2];
    static uint8_t data[MOST];
    unsigned byte;
    long inputs = 0;
    for (; fgets(line, (int)sizeof line, stdin) != 0; inputs++) {
        size_t size = 0;
        while (size < MOST && sscanf(line + 2 * size, "%2x", &byte) == 1)
            data[size++] = (uint8_t)byte;
        LLVMFuzzerTestOneInput(data, size);
    }
    printf("%ld\n", inputs);
    return 0;
}
