"""Webhooks of a club: its own programs are told of events, signed by the Standard Webhooks specification."""
