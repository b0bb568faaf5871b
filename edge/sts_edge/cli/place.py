"""Where the settings and the agent's socket are, for whoever may not read all of the settings."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path

VARIABLE = "STS_EDGE_CONFIG"
DEFAULT_CONFIG = Path("/etc/sts-edge/settings.toml")
DEFAULT_RUN_DIR = Path("/run/sts-edge")
SOCKET_NAME = "agent.sock"


def default_config() -> Path:
    """The settings file that counts when none is named."""
    return Path(os.environ.get(VARIABLE) or DEFAULT_CONFIG)


def socket_path(config: Path) -> Path:
    """The agent's socket by these settings; faults elsewhere in them are no reason not to find it.

    A technician may ask the agent without being allowed to read its settings.
    """
    try:
        run_dir = tomllib.loads(config.read_text(encoding="utf-8"))["gateway"]["run_dir"]
    except (OSError, ValueError, KeyError, TypeError):
        return DEFAULT_RUN_DIR / SOCKET_NAME
    return config.parent / str(run_dir) / SOCKET_NAME
