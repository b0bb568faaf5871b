"""Tells everything that this machine lacks, at once and before anything is made.

Uses the standard library only, and no syntax newer than Python 3.8, so that an old Python gets a
sentence and not a traceback. Run as `python3 preflight.py demo|demo-check|test|...`.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

OLDEST_PYTHON = (3, 11)
# Virtual environment 0.8 GB, web app and its packages 0.5 GB, data of a demo and of the tests: 1 GB.
FREE_BYTES_NEEDED = 2500 * 1024 * 1024
POLICY = Path("/usr/sbin/policy-rc.d")
DENY_SERVICE_START = "#!/bin/sh\nexit 101\n"

# What a part is called by each package manager, in the order in which they are looked for.
MANAGERS = (
    ("apt-get", "apt-get install -y"),
    ("dnf", "dnf install -y"),
    ("pacman", "pacman -S --noconfirm"),
)
PACKAGES = {
    "rabbitmq": {"apt-get": "rabbitmq-server", "dnf": "rabbitmq-server", "pacman": "rabbitmq"},
    "dbus": {"apt-get": "dbus", "dnf": "dbus-daemon", "pacman": "dbus"},
    "faketime": {"apt-get": "libfaketime", "dnf": "libfaketime", "pacman": "libfaketime"},
    "browser": {"apt-get": "chromium", "dnf": "chromium", "pacman": "chromium"},
    "mmdebstrap": {"apt-get": "mmdebstrap"},
    "compiler": {"apt-get": "g++", "dnf": "gcc-c++", "pacman": "gcc"},
    "strace": {"apt-get": "strace", "dnf": "strace", "pacman": "strace"},
    "qemu": {"apt-get": "qemu-system-x86", "dnf": "qemu-system-x86-core", "pacman": "qemu-system-x86"},
    "ext4": {"apt-get": "e2fsprogs", "dnf": "e2fsprogs", "pacman": "e2fsprogs"},
    "xfs": {"apt-get": "xfsprogs", "dnf": "xfsprogs", "pacman": "xfsprogs"},
    "dpkg": {"apt-get": "dpkg", "dnf": "dpkg", "pacman": "dpkg"},
    "nginx": {"apt-get": "nginx", "dnf": "nginx", "pacman": "nginx"},
    "zsh": {"apt-get": "zsh", "dnf": "zsh", "pacman": "zsh"},
    "fish": {"apt-get": "fish", "dnf": "fish", "pacman": "fish"},
    "venv": {"apt-get": "python3-venv", "dnf": "python3-pip", "pacman": "python"},
}
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FAKETIME_PLACES = (
    "/usr/lib/*/faketime/libfaketime.so.1",
    "/usr/lib*/faketime/libfaketime.so.1",
    "/usr/local/lib*/faketime/libfaketime.so.1",
)
RABBITMQ_PLACES = (
    "/usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin/rabbitmq-server",
    "/opt/rabbitmq/sbin/rabbitmq-server",
    "/usr/local/lib/rabbitmq_server-*/sbin/rabbitmq-server",
)
STOP_THE_SERVICE = (
    "The package also starts a broker of the whole machine on port 5672, which is not needed here; "
    "stop it with: systemctl disable --now rabbitmq-server"
)
NEEDS = {
    "build": ("venv",),
    "demo": ("venv", "dbus"),
    "demo-check": ("venv", "rabbitmq", "dbus", "faketime"),
    "bench": ("venv", "rabbitmq", "dbus", "faketime"),
    "screenshots": ("venv", "dbus", "browser"),
    "check": ("venv",),
    "package": ("venv", "dpkg"),
    "test": ("venv", "rabbitmq", "dbus", "faketime", "browser", "compiler", "nginx", "zsh", "fish"),
    "test-long": ("venv",),
    "test-storm": ("venv", "rabbitmq", "dbus"),
    "test-power": ("venv", "strace"),
    "compose-test": ("venv",),
    "test-bluez": ("venv", "dbus", "qemu", "mmdebstrap"),
}
# What only root has a use for: power cuts need a file system of one's own, and a package a root to be installed in.
ROOT_NEEDS = {"test": ("ext4", "xfs"), "test-long": ("mmdebstrap", "dpkg"), "test-power": ("ext4", "xfs")}
# What a target takes where it is, and goes on without where it is not.
WISHES = {"demo": ("rabbitmq",), "screenshots": ("rabbitmq",)}
GOING_ON = (
    "make demo goes on without it: the gateway then sends straight to the hub, over HTTP on this machine, and "
    "everything else is the same. To see it with its broker, install it and start again."
)


class Lack:
    """One thing that is missing: what it is, and what to type."""

    def __init__(self, what: str, remedy: str, package: str = "") -> None:
        self.what = what
        self.remedy = remedy
        self.package = package

    def __str__(self) -> str:
        return f"  - {self.what}\n      {self.remedy}"


def package_manager() -> str:
    """The first package manager found here, or an empty string."""
    for name, _ in MANAGERS:
        if shutil.which(name):
            return name
    return ""


def install_command(*parts: str) -> str:
    """What a person types to get these parts from the distribution."""
    manager = package_manager()
    names = " ".join(PACKAGES[part].get(manager) or PACKAGES[part]["apt-get"] for part in parts)
    if not manager:
        return f"install {names} with this system's package manager"
    prefix = "" if os.getuid() == 0 else "sudo "
    return prefix + dict(MANAGERS)[manager] + " " + names


def _found(patterns: tuple[str, ...]) -> Iterator[str]:
    return (str(place) for pattern in patterns for place in Path("/").glob(pattern.lstrip("/")))


def find_browser() -> str:
    """A Chromium: the one that BROWSER= names, else the first on the path, else an empty string."""
    named = os.environ.get("STS_BROWSER", "")
    if named:
        return shutil.which(named) or ""
    return next((place for place in map(shutil.which, BROWSERS) if place), "")


def find_faketime() -> str:
    """The library that gives a program another clock, or an empty string."""
    return next(_found(FAKETIME_PLACES), "")


def find_nginx() -> str:
    """Nginx, which Debian keeps where only root looks, or an empty string."""
    return shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin") or ""


def _lack_of(part: str, what: str, found: bool, more: str = "") -> list[Lack]:
    if found:
        return []
    return [Lack(what, install_command(part) + ("\n      " + more if more else ""), part)]


def _venv() -> list[Lack]:
    try:
        import ensurepip  # noqa: F401 - only whether it is there
        import venv  # noqa: F401
    except ImportError:
        return _lack_of("venv", "This Python cannot make a virtual environment (no ensurepip).", False)
    return []


def _rabbitmq() -> list[Lack]:
    found = any(_found(RABBITMQ_PLACES))
    more = STOP_THE_SERVICE if package_manager() == "apt-get" and os.getuid() else ""
    return _lack_of("rabbitmq", "RabbitMQ is not installed.", found, more)


def _dbus() -> list[Lack]:
    return _lack_of("dbus", "dbus-daemon is not installed.", bool(shutil.which("dbus-daemon")))


def _faketime() -> list[Lack]:
    return _lack_of("faketime", "libfaketime is not installed.", bool(find_faketime()))


def _browser() -> list[Lack]:
    named = os.environ.get("STS_BROWSER", "")
    if named and not find_browser():
        return [Lack(f"BROWSER={named} is not a program.", "make test BROWSER=/path/to/a/chromium")]
    what = "No Chromium for the browser test (or name one: make test BROWSER=/path/to/it)."
    return _lack_of("browser", what, bool(find_browser()))


def _mmdebstrap() -> list[Lack]:
    what = (
        "mmdebstrap is not installed (it fetches Debian's packages: RabbitMQ 4 and TimescaleDB, or BlueZ with its "
        "kernel)."
    )
    return _lack_of("mmdebstrap", what, bool(shutil.which("mmdebstrap")))


def _compiler() -> list[Lack]:
    found = bool(shutil.which("g++") or shutil.which("c++"))
    return _lack_of(
        "compiler", "No C++ compiler is installed (the pods' Arduino sender is compiled and run).", found
    )


def _strace() -> list[Lack]:
    return _lack_of("strace", "strace is not installed.", bool(shutil.which("strace")))


def _zsh() -> list[Lack]:
    return _lack_of("zsh", "zsh is not installed (the Tab key is tried in it).", bool(shutil.which("zsh")))


def _fish() -> list[Lack]:
    return _lack_of("fish", "fish is not installed (the Tab key is tried in it).", bool(shutil.which("fish")))


def _nginx() -> list[Lack]:
    what = "Nginx is not installed (the configuration of a hub in service is tried on it)."
    return _lack_of("nginx", what, bool(find_nginx()))


def _dpkg() -> list[Lack]:
    return _lack_of(
        "dpkg", "dpkg-deb is not installed (it packs the package).", bool(shutil.which("dpkg-deb"))
    )


def _qemu() -> list[Lack]:
    found = bool(shutil.which("qemu-system-x86_64"))
    return _lack_of("qemu", "QEMU is not installed (real BlueZ runs in it, on a kernel of its own).", found)


def _ext4() -> list[Lack]:
    found = bool(shutil.which("mkfs.ext4"))
    return _lack_of("ext4", "mkfs.ext4 is not installed (the power is cut on ext4 and on XFS).", found)


def _xfs() -> list[Lack]:
    found = bool(shutil.which("mkfs.xfs"))
    return _lack_of("xfs", "mkfs.xfs is not installed (the power is cut on ext4 and on XFS).", found)


CHECKS = {
    "venv": _venv,
    "rabbitmq": _rabbitmq,
    "dbus": _dbus,
    "faketime": _faketime,
    "browser": _browser,
    "mmdebstrap": _mmdebstrap,
    "compiler": _compiler,
    "strace": _strace,
    "nginx": _nginx,
    "zsh": _zsh,
    "fish": _fish,
    "dpkg": _dpkg,
    "qemu": _qemu,
    "ext4": _ext4,
    "xfs": _xfs,
}


def needs_of(target: str) -> tuple[str, ...]:
    """The parts that a make target wants; the Debian 13 root only where nothing may be left out."""
    parts = NEEDS[target]
    if os.getuid() != 0:
        return parts
    whole = target == "test" and os.environ.get("CI", "") in ("1", "true")
    return (*parts, *ROOT_NEEDS.get(target, ()), *(("mmdebstrap",) if whole else ()))


def _system(version: tuple[int, ...]) -> list[Lack]:
    lacks = []
    if platform.system() != "Linux":
        what = f"This runs on Linux, and this is {platform.system()}."
        lacks.append(Lack(what, "use a Linux machine, or a Linux container or virtual machine on this one"))
    if version < OLDEST_PYTHON:
        have = ".".join(str(number) for number in version)
        want = ".".join(str(number) for number in OLDEST_PYTHON)
        what = f"Python {have} is too old: {want} or newer is needed."
        lacks.append(Lack(what, "name a newer one: make demo PYTHON=python3.13"))
    return lacks


def _disk(folder: Path) -> list[Lack]:
    free = shutil.disk_usage(str(folder)).free
    if free >= FREE_BYTES_NEEDED:
        return []
    mega = 1024 * 1024
    what = f"Only {free // mega} MB are free in {folder}: {FREE_BYTES_NEEDED // mega} MB are needed."
    return [Lack(what, "make room, or clone into a larger disk")]


def lacks_for(target: str, version: tuple[int, ...] = tuple(sys.version_info[:2])) -> list[Lack]:
    """Everything that is missing for one make target; nothing is made or changed."""
    lacks = _system(version)
    if platform.system() != "Linux":
        return lacks
    for part in needs_of(target):
        lacks += CHECKS[part]()
    built = Path("build/venv").exists()
    return lacks if built else lacks + _disk(Path.cwd())


def wishes_for(target: str) -> list[Lack]:
    """What is missing that the target goes on without."""
    if platform.system() != "Linux":
        return []
    return [lack for part in WISHES.get(target, ()) for lack in CHECKS[part]()]


def tell_wishes(wishes: list[Lack]) -> None:
    """Say what is missing, how to get it, and how it goes on."""
    for wish in wishes:
        print(f"{wish}\n      {GOING_ON}", flush=True)


@contextmanager
def services_kept_down() -> Iterator[None]:
    """While packages are installed, none of them may start a service; the old policy comes back."""
    before = POLICY.read_bytes() if POLICY.exists() else None
    mode = POLICY.stat().st_mode if before is not None else 0o755
    POLICY.write_text(DENY_SERVICE_START)
    POLICY.chmod(0o755)
    try:
        yield
    finally:
        if before is None:
            POLICY.unlink()
        else:
            POLICY.write_bytes(before)
            POLICY.chmod(mode)


def install(packages: list[str]) -> bool:
    """As root on a system with apt: say so, then install these packages with no service started."""
    print("Missing here, and installed now since this is root (INSTALL=no keeps it from that; no")
    print("service is started): " + " ".join(packages), flush=True)
    environment = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    log = Path("build/log/packages.log")
    log.parent.mkdir(parents=True, exist_ok=True)
    commands = [["apt-get", "update"], ["apt-get", "install", "-y", "--no-install-recommends", *packages]]
    with services_kept_down(), log.open("ab") as output:
        for command in commands:
            done = subprocess.run(command, env=environment, stdout=output, stderr=output, check=False)
            if done.returncode:
                print(f"{' '.join(command[:2])} failed; what it said is in {log}", file=sys.stderr)
                return False
    return True


def packages_of(lacks: list[Lack]) -> list[str]:
    """The parts that a package of the distribution brings, each once."""
    return list(dict.fromkeys(lack.package for lack in lacks if lack.package))


def _may_install(lacks: list[Lack]) -> bool:
    allowed = os.getuid() == 0 and os.environ.get("INSTALL", "yes") != "no"
    return allowed and package_manager() == "apt-get" and all(lack.package for lack in lacks)


def main(target: str) -> int:
    """0 when everything is there (or could be installed by root), 1 after telling what is not."""
    lacks, wishes = lacks_for(target), wishes_for(target)
    missing = lacks + wishes
    if (
        missing
        and _may_install(missing)
        and install([PACKAGES[part]["apt-get"] for part in packages_of(missing)])
    ):
        lacks, wishes = lacks_for(target), wishes_for(target)
    if not lacks:
        tell_wishes(wishes)
        return 0
    print(f"make {target} cannot start yet. Nothing has been made. Missing:\n", file=sys.stderr)
    for lack in lacks:
        print(lack, file=sys.stderr)
    if len([lack for lack in lacks if lack.package]) > 1:
        print(f"\nAll packages in one go:\n      {install_command(*packages_of(lacks))}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
