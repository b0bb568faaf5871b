"""Ways in of one's own: logins that are open, and tokens for scripts."""
