# A Raspberry Pi Pico on the interface board.
set(PICO_BOARD "pico")
set(PICO_PLATFORM "rp2040")
# The fastest clock that the SDK supports, 200 MHz; core_voltage.c compares it with hardware/board.toml.
add_compile_definitions(PICO_USE_FASTEST_SUPPORTED_CLOCK=1)
