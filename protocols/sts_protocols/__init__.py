"""The words and bytes shared by gateway and hub: bytes in, values out; no I/O, no clock, no log, no
randomness."""
