"""The emulator: simulated devices behind the board's own firmware."""
