"""Documents of the hub: endpoints, rules, queries and shapes."""
