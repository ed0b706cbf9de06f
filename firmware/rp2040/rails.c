/* Each monitor pin sees a divider; the converter measures it against the 3.3 V supply (RP2040 datasheet, "ADC and
 * Temperature Sensor": 12 bits, 2 us a sample, inputs 0 and 1 on GPIO 26 and 27). */
#include "rails.h"

#include "hardware/adc.h"

#include "board_pins.h"

#define FIRST_ANALOGUE_PIN 26u
#define CODES 4096

static int32_t measured(unsigned pin, int32_t zero_uv, int32_t span_uv) {
    adc_select_input(pin - FIRST_ANALOGUE_PIN);
    return zero_uv + (int32_t)((int64_t)span_uv * adc_read() / CODES);
}

void rails_start(void) {
    adc_init();
    adc_gpio_init(PIN_MON_VP);
    adc_gpio_init(PIN_MON_VN);
}

void rails_read(int32_t *uv) {
    uv[0] = measured(PIN_MON_VP, MON_VP_ZERO_UV, MON_VP_SPAN_UV);
    uv[1] = measured(PIN_MON_VN, MON_VN_ZERO_UV, MON_VN_SPAN_UV);
}
