"""This board, this device under test, this job: what a lab owns, and who may move it."""
