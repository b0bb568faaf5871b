"""Log lines for a person at a terminal."""

from __future__ import annotations

import logging
import sys

import pytest
import structlog

from sts_edge.agent import logs


def fail_with(password: str) -> None:
    raise RuntimeError(f"refused after {len(password)} characters")


@pytest.fixture
def terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> pytest.CaptureFixture[str]:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    logs.configure("pitch-1", logging.INFO)
    return capsys


def test_a_traceback_shows_where_and_no_local_variable(terminal: pytest.CaptureFixture[str]) -> None:
    """A local variable may be the gateway's password; writing them all out stops the radio for seconds, too."""
    secret = "pelican" * 2
    try:
        fail_with(secret)
    except RuntimeError:
        structlog.get_logger().exception("login_failed")

    told = terminal.readouterr().out
    assert "in fail_with" in told
    assert "RuntimeError: refused after 14 characters" in told
    assert secret not in told
