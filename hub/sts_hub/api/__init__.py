"""The API process: the features put together, and what stands around every request."""
