"""Clocks of competitions against the gateways, and heart rates split by split: endpoints, rules, queries and shapes."""
