"""Impulses of timers of the hub: endpoints, rules, queries and shapes."""
