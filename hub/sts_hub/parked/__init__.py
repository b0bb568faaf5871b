"""Parked records in the hands of people: looked at, tried again, given up."""
