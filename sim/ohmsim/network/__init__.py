"""From line voltages to cell voltages and column currents, one circuit a file."""
