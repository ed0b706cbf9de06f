/* The processor's core at 1.15 V, which its system clock asks for (Pico SDK 2.1.1, hardware/clocks.h: the RP2040 at 200 MHz).
 * MicroPython starts the clocks with a copy of the SDK's function that leaves the regulator alone, so this runs before it,
 * on the ring oscillator, whose fastest is 12 MHz (RP2040 datasheet, "Ring Oscillator").
 */
#include "hardware/clocks.h"
#include "pico/runtime_init.h"
#include "pico/time.h"

#ifndef NO_QSTR        /* MicroPython's search for names comes before this library is known */
#include "hardware/vreg.h"
#endif

#include "board_pins.h"

#define RING_MHZ_MOST 12u
#define SETTLE_US 1000u     /* as the SDK waits */

_Static_assert(SYS_CLK_HZ == SYS_HZ, "the clock of the build is not that of hardware/board.toml");

static void core_voltage(void) {
    vreg_set_voltage(SYS_CLK_VREG_VOLTAGE_MIN);
    busy_wait_at_least_cycles(SETTLE_US * RING_MHZ_MOST);
}

PICO_RUNTIME_INIT_FUNC(core_voltage, "00499");      /* PICO_RUNTIME_INIT_CLOCKS is 00500 */
