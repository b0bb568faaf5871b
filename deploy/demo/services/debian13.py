"""RabbitMQ 4 and PostgreSQL 17 with TimescaleDB, out of a Debian 13 root made for them.

The root is a folder that mmdebstrap fills once. Each server runs in it by chroot inside a mount
namespace of its own: what is mounted there is gone with the server, and nothing is left to unmount.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
from pathlib import Path

from demo.processes import StartError
from demo.services import debian
from demo.services.postgres import Installation
from demo.services.rabbitmq import Release

SUITE = "trixie"
PACKAGES = "postgresql-17-timescaledb,rabbitmq-server"
POSTGRESQL = Path("/usr/lib/postgresql/17")
DENY_SERVICE_START = (
    'printf "#!/bin/sh\\nexit 101\\n" > "$1/usr/sbin/policy-rc.d"; chmod 755 "$1/usr/sbin/policy-rc.d"'
)
UNSHARE = ("unshare", "--mount", "--propagation=unchanged")
LOCALHOST = 'echo "127.0.0.1 localhost" > "$1/etc/hosts"'
# $1 is the root; the rest is the command that runs in it. /tmp is shared: data and sockets lie there.
ENTER = """
set -e
if ! mount --make-rprivate / 2>/dev/null; then  # we are in a chroot ourselves: its root is no mount
    mount --bind "$1" "$1"
    mount --make-private "$1"
fi
mount -t proc proc "$1/proc"
mount --rbind /dev "$1/dev"
mount --bind /tmp "$1/tmp"
root="$1"
shift
exec chroot "$root" "$@"
"""


def why_not() -> str | None:
    """Why no Debian 13 root can be made or entered here, or None."""
    if os.getuid() != 0:
        return "only root can make and enter a Debian 13 root"
    if shutil.which("mmdebstrap") is None:
        return "mmdebstrap is missing: install the package mmdebstrap"
    if subprocess.run([*UNSHARE, "true"], capture_output=True, check=False).returncode:
        return "this machine allows no mount namespaces"
    return None


def make_root(root: Path) -> Path:
    """Fill the folder, unless it is there already; who asks meanwhile waits for it. Raises StartError."""
    root.parent.mkdir(parents=True, exist_ok=True)
    with root.with_suffix(".lock").open("w") as one_at_a_time:
        fcntl.flock(one_at_a_time, fcntl.LOCK_EX)
        whole = root / "etc/sts-whole"
        if not whole.exists():
            _fill(root)
            whole.touch()
    return root


def _fill(root: Path) -> None:
    shutil.rmtree(root, ignore_errors=True)
    hooks = [f"--essential-hook={hook}" for hook in (DENY_SERVICE_START, LOCALHOST)]
    failed = "the Debian 13 root could not be made"
    debian.fetch(root, SUITE, PACKAGES, ["--variant=apt", *hooks], root.with_suffix(".log"), failed)


def inside(root: Path) -> tuple[str, ...]:
    """The words before a command that runs in a root; its /tmp is this machine's."""
    return (*UNSHARE, "sh", "-c", ENTER, "enter", str(root))


def rabbitmq_4(root: Path) -> Release:
    """The root's RabbitMQ, for `RabbitMQ(folder, release)`."""
    pattern = "usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin"
    sbin = next(root.glob(pattern), None)
    if sbin is None:
        raise StartError(f"no RabbitMQ in {root}: remove that folder, then start again")
    return Release(Path("/") / sbin.relative_to(root), Path("/usr/bin/epmd"), inside(root))


def timescaledb(root: Path) -> Installation:
    """The root's PostgreSQL with TimescaleDB (Apache edition), for `Postgres(folder, installation=...)`."""
    as_nobody = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--pdeathsig=INT")
    settings = {"shared_preload_libraries": "timescaledb", "timescaledb.telemetry_level": "off"}
    return Installation(POSTGRESQL, (*inside(root), *as_nobody), settings)
