"""What sensors say on the air to everybody, without a connection: one file for each format."""
