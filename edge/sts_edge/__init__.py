"""The gateway: reads sensors, keeps their samples on disk, forwards them to the hub."""
