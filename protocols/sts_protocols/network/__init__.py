"""Timers and readers on the local network. Pure: text in, readings out."""
