"""Ways to put a simulated sensor on the air."""
