"""The circuit: what is connected to what, sheet by sheet, and why."""
