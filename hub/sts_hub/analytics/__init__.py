"""What is computed from stored values: pure functions on numpy arrays; `cli.py` alone reads anything."""
