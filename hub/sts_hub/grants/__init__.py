"""Grants: what an athlete lets a second club or a trainer read, and reading by them."""
