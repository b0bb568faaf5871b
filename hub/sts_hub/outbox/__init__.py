"""The outbox: letters and events for webhooks, durable until they are carried."""
