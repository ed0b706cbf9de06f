/* A command taken apart: an interpreter takes microseconds a step, and makes an object of every piece. */
#include "ohm_engine.h"

#define DIGITS 9        /* their value fits an int32 */

static int is_blank(uint8_t c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static int32_t value_of(const uint8_t *text, int start, int stop)
{
    int32_t value = 0;
    if (stop == start || stop - start > DIGITS)
        return -1;
    for (int at = start; at < stop; at++) {
        if (text[at] < '0' || text[at] > '9')
            return -1;
        value = value * 10 + (text[at] - '0');
    }
    return value;
}

static void place(const uint8_t *text, int start, int stop, int32_t *to)
{
    while (start < stop && is_blank(text[start]))
        start++;
    while (stop > start && is_blank(text[stop - 1]))
        stop--;
    to[0] = start;
    to[1] = stop;
    to[2] = value_of(text, start, stop);
}

int ohm_split(const uint8_t *text, int start, int stop, int32_t *places, int count)
{
    if (text == 0 || start < 0 || stop < start || places == 0 || count != OHM_SPLIT_COUNT)
        return OHM_E_ARGUMENT;
    const int head = stop - start > OHM_SPLIT_HEAD ? start + OHM_SPLIT_HEAD : stop;
    int at = start, arguments = 0;
    while (at < head && text[at] != ' ')
        at++;
    places[0] = at;
    while (at < stop && is_blank(text[at]))
        at++;
    if (at == stop)
        return 0;
    int from = at;
    for (; at < head && arguments < OHM_SPLIT_MOST - 1; at++)
        if (text[at] == ',') {
            place(text, from, at, places + 1 + 3 * arguments++);
            from = at + 1;
        }
    place(text, from, stop, places + 1 + 3 * arguments);
    return arguments + 1;
}
