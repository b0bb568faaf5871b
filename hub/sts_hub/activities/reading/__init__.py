"""Readers of activity files: bytes in, one neutral activity out. Pure: no I/O, no clock."""
