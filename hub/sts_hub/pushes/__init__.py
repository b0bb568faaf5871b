"""Workouts pushed to where an athlete keeps them besides: each once, with retries, by the athlete's own wish alone."""
