"""Training load day by day: what each day asked of an athlete, and the means that follow from it."""
