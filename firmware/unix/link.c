#include "link.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OK "ok"

static char *line;
static size_t line_size;

void link_say(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
}

void link_say_hex(const uint8_t *bytes, size_t length) {
    for (size_t i = 0; i < length; i++) {
        printf("%02x", bytes[i]);
    }
}

void link_tell(void) {
    putchar('\n');
}

char *link_ask(void) {
    link_tell();
    fflush(stdout);
    ssize_t length = getline(&line, &line_size, stdin);
    if (length <= 0 || strncmp(line, OK, strlen(OK)) != 0) {
        exit(EXIT_FAILURE);
    }
    line[strcspn(line, "\n")] = 0;
    return line + strlen(OK);
}

int64_t link_number(char **place) {
    return strtoll(*place, place, 10);
}

size_t link_bytes(const char *hex, uint8_t *bytes, size_t capacity) {
    size_t count = 0;
    for (hex += strspn(hex, " "); count < capacity && hex[0] && hex[1]; hex += 2) {
        const char digits[] = {hex[0], hex[1], 0};
        bytes[count++] = (uint8_t)strtoul(digits, 0, 16);
    }
    return count;
}
