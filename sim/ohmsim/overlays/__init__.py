"""What every kind of cell can have on top of its model, one effect a file."""
