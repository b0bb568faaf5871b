"""What a test says when this machine lacks a part that it needs."""

from __future__ import annotations

import os
from typing import NoReturn

import pytest


def missing(part: str, remedy: str) -> NoReturn:
    """Skip with a reason that names the part; with CI=true, where nothing may be left out, fail."""
    reason = f"not run, {part} is missing: {remedy}"
    if os.environ.get("CI", "").lower() in ("1", "true"):
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)
