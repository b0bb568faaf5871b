"""Sensors as their technician meets them: who wears each, whether it is heard, another in its place."""
