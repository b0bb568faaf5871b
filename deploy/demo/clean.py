"""Removes all that `make` made. Standard library only; refuses while a demo of this clone runs."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "deploy"))

from demo.folders import remove_lasting_folder, remove_short_folder  # noqa: E402 - found after the line above
from demo.lock import running_demo  # noqa: E402

CACHES = (".mypy_cache", ".ruff_cache", ".hypothesis", ".pytest_cache", ".import_linter_cache")
WEB = ("hub/web/node_modules", "hub/web/dist")


def service_folders(build: Path) -> list[Path]:
    """Folders of services under build/, which may have left a short or lasting folder elsewhere."""
    return [path.parent for path in build.glob("**/superuser-password")] + [
        path.parent for path in build.glob("**/enabled_plugins")
    ]


def unmount_below(folder: Path) -> None:
    """Take off what is mounted below: deleting through a mount would delete somebody else's files."""
    mounted = [
        line.split()[1].replace("\\040", " ") for line in Path("/proc/mounts").read_text().splitlines()
    ]
    for place in sorted((place for place in mounted if place.startswith(f"{folder}/")), reverse=True):
        subprocess.run(["umount", place], check=True)


def main() -> int:
    """0 when nothing is left, 1 when a demo runs."""
    build = ROOT / "build"
    holder = running_demo(build)
    if holder is not None:
        print(
            f"A demo of this clone is running (process {holder}): end it with Ctrl-C first.", file=sys.stderr
        )
        return 1
    unmount_below(build)
    for folder in service_folders(build):
        remove_short_folder(folder)
        remove_lasting_folder(folder)
    for name in ("build", *CACHES, *WEB):
        shutil.rmtree(ROOT / name, ignore_errors=True)
    for name in ("protocols", "edge", "hub/sts_hub", "firmware-sims", "deploy", "tests"):
        for cache in (ROOT / name).rglob("__pycache__"):
            shutil.rmtree(cache, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
