/* Pins in their safe state, before anything else runs and whenever it ends. */
#ifndef OHM_PINS_H
#define OHM_PINS_H

void pins_safe(void);

#endif
