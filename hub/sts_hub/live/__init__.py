"""The live wall: values on their way from the ingest workers to the people who watch, before and beside
storing."""
