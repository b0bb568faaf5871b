"""The broker: exchanges and queues that the hub declares, and the users that gateways log in as."""
