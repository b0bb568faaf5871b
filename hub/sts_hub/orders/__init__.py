"""Orders of people to gateways."""
