"""Shipped sites: what stands on the network and in the folders of a place of competition."""
