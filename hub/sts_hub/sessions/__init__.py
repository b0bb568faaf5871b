"""Sessions: plans, trainings, matches and tests of a team; who takes part, and what happened when."""
