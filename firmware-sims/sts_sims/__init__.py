"""Simulated sensors, athletes and carriers."""
