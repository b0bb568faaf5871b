"""Rosters that a club brings along: a pasted list, a CSV file or a spreadsheet, looked at before anything is stored."""
