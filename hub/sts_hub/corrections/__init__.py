"""How a person puts an epoch right in time: a wrong clock corrected, an epoch without one placed."""
