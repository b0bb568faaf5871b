"""Makes the gateway's Debian package under build/: the wheels of one version, a unit for systemd, and what puts them in place.

`make package`, or `python deploy/raspberry-pi/package.py --architecture arm64 --python 3.11` for a Raspberry Pi with Debian
12; 3.13 for Debian 13. The versions of what it stands on are those of the lock.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PARTS = Path(__file__).with_name("debian")
BUILD = ROOT / "build/package"
LOCK = ROOT / "deploy/locks/python.txt"
NAME = "sts-edge"
PLATFORMS = {
    "amd64": ("manylinux_2_28_x86_64", "manylinux_2_17_x86_64", "manylinux2014_x86_64"),
    "arm64": ("manylinux_2_28_aarch64", "manylinux_2_17_aarch64", "manylinux2014_aarch64"),
}
# Python alone, and published as source only.
SOURCE_ONLY = ("sdnotify",)
SCRIPTS = ("postinst", "prerm", "postrm")
COMPLETIONS = {
    "bash": "bash-completion/completions/sts-edge",
    "zsh": "zsh/vendor-completions/_sts-edge",
    "fish": "fish/vendor_completions.d/sts-edge.fish",
}


def make(architecture: str, python: str) -> Path:
    """The package. Raises CalledProcessError with what the failing program wrote on standard error."""
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    tree = BUILD / f"{NAME}_{version}_{architecture}"
    shutil.rmtree(tree, ignore_errors=True)
    share = tree / "usr/share"
    _wheels(share / NAME / "wheels", architecture, python)
    _put(PARTS / f"{NAME}.service", tree / f"usr/lib/systemd/system/{NAME}.service")
    _put(ROOT / "docs/gateway.md", share / f"doc/{NAME}/gateway.md")
    _put(ROOT / "LICENSE", share / f"doc/{NAME}/copyright")
    (tree / "usr/bin").mkdir()
    (tree / f"usr/bin/{NAME}").symlink_to(f"/opt/sts/current/bin/{NAME}")
    for shell, place in COMPLETIONS.items():
        (share / place).parent.mkdir(parents=True)
        (share / place).write_text(_said(str(Path(sys.executable).with_name(NAME)), "completion", shell))
    _control(tree, version, architecture, python)
    file = tree.with_suffix(".deb") if "." not in tree.name else Path(f"{tree}.deb")
    _said("dpkg-deb", "--root-owner-group", "--build", str(tree), str(file))
    return file


def _wheels(folder: Path, architecture: str, python: str) -> None:
    """Our own wheel and those that it needs on that machine."""
    folder.mkdir(parents=True)
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet")
    _said(*pip, "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(folder), str(ROOT))
    (own,) = folder.glob("*.whl")
    constraints = BUILD / "constraints.txt"
    constraints.write_text(
        "\n".join(re.findall(r"^[\w.-]+==\S+(?: ;[^\\\n]+)?", LOCK.read_text(), re.MULTILINE))
    )
    _said(*pip, "wheel", "--no-deps", "-c", str(constraints), "--wheel-dir", str(folder), *SOURCE_ONLY)
    platforms = [word for one in PLATFORMS[architecture] for word in ("--platform", one)]
    kind = ("--implementation", "cp", "--python-version", python, *platforms, "--only-binary=:all:")
    _said(
        *pip,
        "download",
        *kind,
        "-c",
        str(constraints),
        "--find-links",
        str(folder),
        "--dest",
        str(folder),
        f"{own}[edge]",
    )


def _control(tree: Path, version: str, architecture: str, python: str) -> None:
    major, minor = map(int, python.split("."))
    size_kb = sum(file.stat().st_size for file in tree.rglob("*") if file.is_file()) // 1024
    words = {
        "VERSION": version,
        "ARCHITECTURE": architecture,
        "INSTALLED_KB": str(size_kb),
        "PYTHON": python,
        "NEXT_PYTHON": f"{major}.{minor + 1}",
    }
    (tree / "DEBIAN").mkdir()
    for name in ("control", *SCRIPTS):
        text = re.sub("@([A-Z_]+)@", lambda found: words[found[1]], (PARTS / name).read_text())
        (tree / "DEBIAN" / name).write_text(text)
        (tree / "DEBIAN" / name).chmod(0o644 if name == "control" else 0o755)


def _put(source: Path, place: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, place)


def _said(*command: str) -> str:
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, cwd=ROOT).stdout


def main() -> int:
    """0 when the package is there; its path on standard output."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument(
        "--architecture", choices=PLATFORMS, default=_said("dpkg", "--print-architecture").strip()
    )
    parser.add_argument("--python", default="3.11", metavar="VERSION", help="Python's on that machine")
    asked = parser.parse_args()
    try:
        print(make(asked.architecture, asked.python).relative_to(ROOT))
    except subprocess.CalledProcessError as error:
        print(
            f"{error.cmd[0]} {error.cmd[-1]} ended with code {error.returncode}: see above.", file=sys.stderr
        )
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
