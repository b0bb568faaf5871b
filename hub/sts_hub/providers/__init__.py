"""Signing in through an OpenID provider, for people whom the hub knows already."""
