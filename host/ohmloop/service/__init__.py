"""The REST service: inference by the Open Inference Protocol v2, programming as a job, and an emergency stop."""
