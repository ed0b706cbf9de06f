/* AD7606C-16: eight simultaneous conversions with a check sum. */
#ifndef OHM_ADC_H
#define OHM_ADC_H

#include <stdint.h>

/* Resets and sets up the converter. 0, or -1 if it does not answer as it should. */
int adc_start(void);

/* Input span from the next conversion on: 0 reading, 1 programming. */
void adc_span(int span);

/* One conversion of all channels with 2^log2_osr samples. 0, or -1 if the reply is bad or does not come. */
int adc_convert(int log2_osr, int16_t *codes, int count);

#endif
