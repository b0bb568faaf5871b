"""Whole clubs: made with their first admin, taken out of a hub as one archive, brought into another, erased."""
