"""Invitations: somebody becomes one of the club by a letter, a link or a printed code."""
