"""The catalogue of metrics, as the API tells it."""
