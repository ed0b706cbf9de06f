/* The monitors of the analogue supplies, by the processor's own converter. */
#ifndef OHM_RAILS_H
#define OHM_RAILS_H

#include <stdint.h>

void rails_start(void);

/* Positive and negative rail, uV with sign. */
void rails_read(int32_t *uv);

#endif
