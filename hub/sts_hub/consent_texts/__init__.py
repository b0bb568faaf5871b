"""The texts that athletes are asked to agree to, by purpose and version."""
