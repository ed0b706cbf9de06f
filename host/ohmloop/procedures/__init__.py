"""Experiments on arrays, one a file."""
