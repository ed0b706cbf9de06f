/* What a port gives the MicroPython module. */
#ifndef OHM_PORT_H
#define OHM_PORT_H

#include <stddef.h>

#include "ohm_hal.h"

/* Why the processor started, as the application reports it. */
enum ohm_boot { OHM_BOOT_POWER, OHM_BOOT_WATCHDOG, OHM_BOOT_RESET };

/* Brings the hardware up with every line in its safe state. Safe to call again after a soft reset. */
const ohm_hal *ohm_port_start(void);

/* Lines to their safe state; the watchdog no longer runs. For an application that ends on purpose. */
void ohm_port_stop(void);

int ohm_port_boot_reason(void);

/* The board's serial number as text. */
#define OHM_SERIAL_SIZE 40
void ohm_port_serial(char text[OHM_SERIAL_SIZE]);

/* How long the watchdog waits from its next feeding on; 0 goes back to the board's own time. Writing flash may take
 * longer than a board with energised lines may be left alone. */
void ohm_port_patience(uint32_t ms);

/* The byte stream to the host. Opening it ends the interpreter's own use of Ctrl-C; closing it gives that back. Reading
 * waits at most timeout_ms for the end of a line; writing gives up on a host that has stopped reading. */
void ohm_port_console(int open);
int ohm_port_read(uint8_t *buffer, int capacity, uint32_t timeout_ms);
void ohm_port_unread(const uint8_t *data, size_t length);    /* leave to the console what was read and is not ours */
void ohm_port_write(const uint8_t *data, size_t length);

#endif
