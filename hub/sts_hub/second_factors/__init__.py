"""Second factors: authenticator apps with backup codes, and which roles of a club must have one."""
