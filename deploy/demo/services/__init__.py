"""Private RabbitMQ, PostgreSQL and D-Bus, each in a folder of its own and on loopback only."""
