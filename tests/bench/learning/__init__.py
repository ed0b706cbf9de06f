"""Benchmarks of learning with the chip in the loop, on simulated arrays."""
