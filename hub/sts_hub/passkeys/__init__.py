"""Passkeys (WebAuthn): several for each account, each signs in by itself."""
