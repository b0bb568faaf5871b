"""What keeps the database in shape: days made ahead, roll-ups filled, the past removed, all of it checked."""
