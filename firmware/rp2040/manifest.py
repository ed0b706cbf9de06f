"""What is frozen into the image: the port's start-up, the application, and what joins it to this hardware."""
# ruff: noqa: F821 - the names of MicroPython's manifest language

freeze("$(PORT_DIR)/modules")
package("ohmboard", base_path="..", opt=3)
module("application.py", base_path=".", opt=3)
module("flash_files.py", base_path=".", opt=3)
module("main.py", base_path=".", opt=3)
