"""What formulas need to know of an athlete, with history and source; and maxima that are proposed, never set."""
