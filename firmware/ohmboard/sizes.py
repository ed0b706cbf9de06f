"""Sizes that the protocol promises. The buffers made from them come to some 80 kB of the RP2040's 264 kB."""

MAX_LINE = 16384
"""Longest line, bytes without its end."""

QUEUE_LINES = 8
QUEUE_BYTES = 2 * MAX_LINE
"""What may wait while a request runs."""

MAX_PULSES = 256
"""Pulses in one list."""

MAX_READINGS = 2048
"""Currents in one reply; also the words of one request (cells, or inputs of a batch of vectors)."""

WORD = 4
"""Bytes of an int32."""

ERROR_QUEUE = 16

STORED_REPLY = 1536
"""The reply of the last effect: 256 readings in base64 take 1368 bytes, the fields before them at most 69."""

REPLY_LINE = 12288
"""A reply: 2048 readings in base64 take 10,924 bytes."""
