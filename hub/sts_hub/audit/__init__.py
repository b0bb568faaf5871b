"""The audit of the hub: who read which athlete, and who changed what."""
