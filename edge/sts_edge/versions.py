"""Which versions run here: what a fault's finder asks first."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version

_PACKAGES = {"sts-edge": "smart-training-system", "bleak": "bleak", "aiormq": "aiormq"}


def versions() -> dict[str, str]:
    """Versions of this agent and of what its faults may come from, read without importing them."""
    found = {}
    for name, package in _PACKAGES.items():
        try:
            found[name] = version(package)
        except PackageNotFoundError:
            found[name] = "unknown"
    return {**found, "python": platform.python_version()}
