"""The scripts that make, hand over and watch the certificate of docker-compose.yml, tried without a container."""

from __future__ import annotations

import json
import os
import ssl
import stat
import subprocess
import time
from pathlib import Path

import pytest

from compose_file import ROOT
from tls_certificates import certificate

SCRIPTS = ROOT / "deploy/certbot"
SERVED = "/etc/sts/tls"
DAY_S = 86_400


def run(name: str, folder: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """A script with a folder in the place of the volume."""
    script = folder / name
    script.write_text((SCRIPTS / name).read_text().replace(SERVED, str(folder / "tls")))
    (folder / "tls").mkdir(exist_ok=True)
    kept = {"PATH": os.environ["PATH"], **environment}
    return subprocess.run(
        ["sh", script, *words], env=kept, capture_output=True, text=True, check=False, timeout=60
    )


def test_the_first_pair_is_for_the_host_and_for_the_parts_inside_and_is_made_once(tmp_path: Path) -> None:
    assert run("first-pair", tmp_path, STS_HOST="sts.example.org").returncode == 0
    chain, key = tmp_path / "tls/fullchain.pem", tmp_path / "tls/privkey.pem"
    made = chain.read_bytes()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain, key)  # they belong together
    names = subprocess.run(
        ["openssl", "x509", "-in", chain, "-noout", "-ext", "subjectAltName"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    for name in ("sts.example.org", "localhost", "nginx", "rabbitmq"):
        assert f"DNS:{name}" in names
    # Its group serves it, others do not see it.
    assert stat.S_IMODE(key.stat().st_mode) == 0o640
    assert run("first-pair", tmp_path, STS_HOST="other.example.org").returncode == 0
    assert chain.read_bytes() == made


def test_a_renewed_pair_is_handed_over_whole_and_not_as_a_link(tmp_path: Path) -> None:
    lineage, archive = tmp_path / "live", tmp_path / "archive"
    lineage.mkdir()
    archive.mkdir()
    for part in ("fullchain.pem", "privkey.pem"):
        (archive / part).write_text(f"the new {part}")
        (lineage / part).symlink_to(archive / part)
    assert run("hand-over", tmp_path, RENEWED_LINEAGE=str(lineage)).returncode == 0
    for part in ("fullchain.pem", "privkey.pem"):
        served = tmp_path / "tls" / part
        assert (served.read_text(), served.is_symlink()) == (f"the new {part}", False)
        assert stat.S_IMODE(served.stat().st_mode) == 0o640
    assert sorted(file.name for file in (tmp_path / "tls").iterdir()) == ["fullchain.pem", "privkey.pem"]


@pytest.mark.parametrize(
    ("days", "level", "code"),
    [
        (22, "info", 0),
        (20, "warn", 0),
        (8, "warn", 0),
        (6, "error", 1),
        (2, "error", 1),
        (0.5, "emergency", 1),
        (-1, "emergency", 1),
    ],
)
def test_the_end_of_a_certificate_is_told_at_21_7_and_1_days(
    tmp_path: Path, days: float, level: str, code: int
) -> None:
    now_s = time.time()
    file = certificate(tmp_path / "served.pem", "sts.example.org", now_s - 90 * DAY_S, now_s + days * DAY_S)
    told = run("expiry", tmp_path, str(file))
    assert told.returncode == code
    assert json.loads(told.stdout)["log.level"] == level
