"""Summaries: the numbers of a session for each athlete, with where they come from, how complete they are, and what a
revision changed."""
