"""The proof: the whole system, hurt on purpose, and an oracle that counts what came through."""
