# The board: `make hardware` checks what is committed, `make schematic` and `make layout` write it again.
# KiCad is unpacked under .cache on the first use; where it cannot be had the tests are skipped with the reason.

.PHONY: hardware schematic

hardware: $(DEV)  ## the board: electrical rules, netlist against board.toml, layout rules
	@hardware/tools/fetch_kicad.sh >/dev/null || [ $$? -eq 3 ]
	$(PY) -m pytest -n 0 tests/hardware

schematic: $(DEV)
	hardware/tools/fetch_kicad.sh
	PYTHONPATH=hardware $(PY) -m ohm8.schematic hardware/kicad
