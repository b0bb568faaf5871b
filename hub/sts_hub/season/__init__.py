"""A season that never was: invented people, trainings and matches, and what their straps would have told of them."""
