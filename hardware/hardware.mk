# The board: `make hardware` checks what is committed, `make schematic` and `make layout` write it again.
# KiCad is unpacked under .cache on the first use; where it cannot be had `make hardware` fails with the reason.

.PHONY: hardware schematic

hardware: $(DEV)  ## the board: electrical rules, netlist against board.toml, layout rules
	@hardware/tools/kicad.sh kicad-cli version >/dev/null
	$(PY) -m pytest -n 0 tests/hardware

schematic: $(DEV)
	tools/fetch_kicad.sh
	PYTHONPATH=hardware $(PY) -m ohm8.schematic hardware/kicad

# Placing (a minute) and routing (two) start from the netlist and a fixed seed: the same circuit gives the same board.
LAYOUT := .cache/hardware/layout
KICAD_PYTHON := hardware/tools/kicad.sh env PYTHONPATH=hardware python3 -m
OWN_PYTHON := PYTHONPATH=hardware $(PY) -m

$(LAYOUT)/route: $(wildcard hardware/router/*.c hardware/router/*.h)
	@mkdir -p $(LAYOUT)
	$(CC) -std=c11 -O2 -Wall -Wextra -Werror -o $@ $(filter %.c,$^) -lm

.PHONY: layout layout-again layout-check
layout: layout-again
	cp $(LAYOUT)/ohm8.kicad_pcb hardware/kicad/

layout-check: layout-again  ## places and routes the board anew: the committed one must come out, byte for byte
	cmp $(LAYOUT)/ohm8.kicad_pcb hardware/kicad/ohm8.kicad_pcb

layout-again: $(DEV) $(LAYOUT)/route
	hardware/tools/kicad.sh kicad-cli sch export netlist --format kicadsexpr -o $(LAYOUT)/ohm8.net hardware/kicad/ohm8.kicad_sch
	$(KICAD_PYTHON) ohm8.layout.shapes $(LAYOUT)/ohm8.net $(LAYOUT)/shapes.json
	$(OWN_PYTHON) ohm8.layout.placing $(LAYOUT)/ohm8.net $(LAYOUT)/shapes.json $(LAYOUT)/places.json
	$(OWN_PYTHON) ohm8.layout.problem $(LAYOUT)/ohm8.net $(LAYOUT)/shapes.json $(LAYOUT)/places.json $(LAYOUT)/problem.txt
	$(LAYOUT)/route $(LAYOUT)/problem.txt $(LAYOUT)/routes.txt
	$(OWN_PYTHON) ohm8.layout.tidy $(LAYOUT)/problem.txt $(LAYOUT)/routes.txt
	cp hardware/kicad/ohm8.kicad_pro $(LAYOUT)/
	$(KICAD_PYTHON) ohm8.layout.build $(LAYOUT)/ohm8.net $(LAYOUT)/places.json $(LAYOUT)/routes.txt $(LAYOUT)/ohm8.kicad_pcb

# What a fabricator and an assembler need, and the pictures in the documentation: committed, each noted with the digests of
# what it was made from, so that `make hardware` fails if one is stale.
WORK := .cache/hardware/fabrication
FABRICATION := hardware/fabrication
KICAD_CLI := hardware/tools/kicad.sh kicad-cli
SHEETS := hardware/kicad/ohm8.kicad_sch
BOARD := hardware/kicad/ohm8.kicad_pcb
PAGES := 1,2,3,4,5,6,7,8,9,10,11,19# the sheets, the first row and the first column
LAYERS := F.Cu,In1.Cu,In2.Cu,B.Cu,F.Mask,B.Mask,F.Paste,B.Paste,F.SilkS,B.SilkS,Edge.Cuts

.PHONY: fabrication renders plots
fabrication: $(DEV)  ## what a fabricator needs, in hardware/fabrication
	@rm -rf $(WORK) && mkdir -p $(WORK)/gerbers $(FABRICATION)
	$(KICAD_CLI) pcb drc --severity-all --schematic-parity --exit-code-violations -o $(WORK)/drc.txt $(BOARD)
	$(KICAD_CLI) pcb export gerbers --layers $(LAYERS) -o $(WORK)/gerbers/ $(BOARD)
	$(KICAD_CLI) pcb export drill -o $(WORK)/gerbers/ $(BOARD)
	$(OWN_PYTHON) ohm8.fabrication --pack $(WORK)/gerbers $(FABRICATION)/ohm8-gerbers.zip
	$(KICAD_CLI) pcb export pos --format csv --units mm --exclude-dnp -o $(FABRICATION)/ohm8-placement.csv $(BOARD)
	$(KICAD_CLI) sch export pdf --exclude-pdf-property-popups --pages $(PAGES) -o $(FABRICATION)/ohm8-schematic.pdf $(SHEETS)
	$(OWN_PYTHON) ohm8.fabrication --undate $(FABRICATION)/ohm8-schematic.pdf
	$(KICAD_CLI) sch export netlist --format kicadsexpr -o $(WORK)/ohm8.net $(SHEETS)
	$(OWN_PYTHON) ohm8.fabrication $(WORK)/ohm8.net $(FABRICATION)/ohm8-bom.csv
	$(OWN_PYTHON) ohm8.provenance fabrication

renders: $(DEV)
	$(KICAD_CLI) pcb render --side top --width 1200 --height 1200 -o docs/hardware/board-top.png $(BOARD)
	$(KICAD_CLI) pcb render --side bottom --width 1200 --height 1200 -o docs/hardware/board-bottom.png $(BOARD)
	$(OWN_PYTHON) ohm8.provenance renders

plots: $(DEV)
	@mkdir -p $(WORK)
	$(KICAD_CLI) sch export netlist --format kicadsexpr -o $(WORK)/ohm8.net $(SHEETS)
	$(OWN_PYTHON) ohm8.spice.plots $(WORK)/ohm8.net docs/hardware
	$(OWN_PYTHON) tests.hardware.compare $(WORK)/ohm8.net docs/hardware/emulator.svg
	$(OWN_PYTHON) ohm8.provenance plots
