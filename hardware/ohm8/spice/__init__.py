"""Simulates the analog channels: ngspice decks written from the board's netlist, with behavioural models."""
