"""The hub: takes in records, keeps people and samples, serves the web app."""
