/* The serial number: of the board's EEPROM (AT24CS64: 16 bytes that its maker wrote), else of the Pico's flash.
 * The EEPROM's second address and the place of the number in it are [recalled]. */
#include "ohm_port.h"

#include "hardware/gpio.h"
#include "hardware/i2c.h"
#include "pico/unique_id.h"

#include "board_pins.h"

#define I2C_HZ 400000u
#define SERIAL_ADDRESS 0x58u        /* A2..A0 strapped to 0 */
#define SERIAL_PLACE 0x0800u
#define SERIAL_BYTES 16u
#define TIMEOUT_US 5000u

static void hex(char *text, const uint8_t *bytes, unsigned count) {
    static const char digits[] = "0123456789abcdef";
    for (unsigned i = 0; i < count; i++) {
        *text++ = digits[bytes[i] >> 4];
        *text++ = digits[bytes[i] & 15u];
    }
    *text = 0;
}

static int of_eeprom(uint8_t *bytes) {
    const uint8_t place[2] = {SERIAL_PLACE >> 8, SERIAL_PLACE & 0xFFu};
    i2c_init(i2c0, I2C_HZ);
    gpio_set_function(PIN_I2C_SDA, GPIO_FUNC_I2C);
    gpio_set_function(PIN_I2C_SCL, GPIO_FUNC_I2C);
    return i2c_write_timeout_us(i2c0, SERIAL_ADDRESS, place, sizeof place, true, TIMEOUT_US) == sizeof place &&
           i2c_read_timeout_us(i2c0, SERIAL_ADDRESS, bytes, SERIAL_BYTES, false, TIMEOUT_US) == (int)SERIAL_BYTES;
}

void ohm_port_serial(char text[OHM_SERIAL_SIZE]) {
    uint8_t bytes[SERIAL_BYTES];
    if (of_eeprom(bytes)) {
        hex(text, bytes, SERIAL_BYTES);
        return;
    }
    pico_unique_board_id_t flash;
    pico_get_unique_board_id(&flash);
    hex(text, flash.id, sizeof flash.id);
}
