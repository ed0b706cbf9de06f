/* The line to the emulator that started us, on standard input and output: requests and replies of words. */
#ifndef OHM_LINK_H
#define OHM_LINK_H

#include <stddef.h>
#include <stdint.h>

/* Adds to the request that is being made, as printf. */
__attribute__((format(printf, 1, 2))) void link_say(const char *format, ...);
void link_say_hex(const uint8_t *bytes, size_t length);

/* Sends it; nobody answers. */
void link_tell(void);

/* Sends it and returns the reply, without its `ok`. Ends the process when the emulator is gone. */
char *link_ask(void);

/* The next word of a reply as a number, and the place after it. */
int64_t link_number(char **place);

/* The bytes of a word in hex; returns how many, at most `capacity`. */
size_t link_bytes(const char *hex, uint8_t *bytes, size_t capacity);

#endif
