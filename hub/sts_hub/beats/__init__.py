"""Beats: what gateways say of themselves every ten seconds, and what the hub answers."""
