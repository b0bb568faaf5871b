"""Competitions of the hub: what result files say, as facts with versions; endpoints, rules, queries and shapes."""
