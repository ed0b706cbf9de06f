/* The arm flip-flop: lines can leave 0 V only while it is set. */
#ifndef OHM_ARM_H
#define OHM_ARM_H

void arm_set(void);
int arm_is_set(void);

#endif
