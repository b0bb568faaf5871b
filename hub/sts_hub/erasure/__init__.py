"""Erasing an athlete, and doing it again after a restore."""
