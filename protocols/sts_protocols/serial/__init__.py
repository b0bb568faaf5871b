"""Decoders of what comes over a serial line: streams of bytes in, readings out.

Each stream finds its place again after garbage, counts what it could not use, and never raises for what it
hears.
"""
