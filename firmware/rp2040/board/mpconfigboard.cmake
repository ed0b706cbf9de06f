# A Raspberry Pi Pico on the interface board.
set(PICO_BOARD "pico")
set(PICO_PLATFORM "rp2040")
