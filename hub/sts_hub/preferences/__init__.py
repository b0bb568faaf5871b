"""What somebody chose for herself or himself: language, units, theme."""
