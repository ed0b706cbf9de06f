"""Draws the circuit as a hierarchical KiCad 9 schematic."""
