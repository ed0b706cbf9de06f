"""The application that runs on the board: the wire protocol over the real-time engine.

The same files run on MicroPython and on CPython. They import only binascii, struct, json, os and each other, and
handle volts, seconds and currents as integers (uV, ns, units of 10 pA).
"""
