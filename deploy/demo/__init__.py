"""Starts the whole system on one machine: for the demo, the proof runs and the tests."""
