"""Sessions of years before, as another system told them: read by a saved mapping, looked at, stored whole or not at all."""
