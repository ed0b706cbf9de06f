"""The interface board ohm8 as Python: its circuit, its schematic, its layout and its simulation decks.

`circuit` says what is connected to what; `schematic` draws it; `layout` places and routes it; `spice` simulates it.
Licensed under CERN-OHL-P-2.0 like everything under hardware/.
"""
