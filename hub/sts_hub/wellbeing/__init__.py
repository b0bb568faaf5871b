"""What athletes say of themselves: how hard a session was, how they woke up, and when they cannot train."""
