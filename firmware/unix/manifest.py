"""What is frozen into the unix binary: the application, and what joins it to the emulator."""
# ruff: noqa: F821 - the names of MicroPython's manifest language

package("ohmboard", base_path="..", opt=3)
module("emulator_files.py", base_path=".", opt=3)
module("ohm_main.py", base_path=".", opt=3)
