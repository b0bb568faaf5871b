"""Guardians of minor athletes: endpoints, rules, queries and shapes."""
