"""The gateway's Debian package: built, and installed without a network into a root that has nothing of ours."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from demo.services import debian
from demo.services.debian13 import DENY_SERVICE_START, inside, why_not
from missing_parts import missing

pytestmark = [pytest.mark.long, pytest.mark.timeout(1_800)]

ROOT = Path(__file__).resolve().parents[2]
BUILD = (sys.executable, "deploy/raspberry-pi/package.py")
# What the package itself asks for, and the system's own programs to judge the unit by.
PACKAGES = "adduser,bluez,dbus,init-system-helpers,python3-venv,systemd"
# What a package is made of, and a version that comes after every one of ours.
PARTS = (
    "LICENSE",
    "README.md",
    "deploy",
    "docs",
    "edge",
    "firmware-sims",
    "hub/sts_hub",
    "protocols",
    "pyproject.toml",
)
NEWER = "99.0.0"
# Tenths of systemd's figure of exposure, 0 to 100; it calls up to 40 OK. 22 is what a network, serial ports, the
# question to the kernel's clock and a socket for the group cost.
MOST_EXPOSED = "25"
SETTINGS = """
[gateway]
name = "pitch-1"
data_dir = "/var/lib/sts-edge"
run_dir = "/run/sts-edge"
[hub]
url = "amqps://hub.invalid/sts"
password_file = "/etc/sts-edge/password"
"""
# As the service does before it starts the agent.
GUARD = (
    "setpriv", "--reuid=sts-edge", "--regid=sts-edge", "--init-groups",
    "/opt/sts/settled/bin/sts-edge", "update", "guard",
)  # fmt: skip
RUN = """
install -d -m 750 -o sts-edge -g sts-edge /run/sts-edge
cat > /etc/sts-edge/settings.toml
echo secret > /etc/sts-edge/password
chown sts-edge:sts-edge /etc/sts-edge/settings.toml /etc/sts-edge/password
chmod 600 /etc/sts-edge/password
setpriv --reuid=sts-edge --regid=sts-edge --init-groups --pdeathsig=KILL /opt/sts/current/bin/sts-edge run > /tmp/$1.log &
agent=$!
for _ in $(seq 300); do [ -S /run/sts-edge/agent.sock ] && break; sleep 0.1; done
sts-edge status --json
kill -TERM $agent
wait $agent
"""


class Machine:
    """A Debian 12 without a network, entered for each command."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def says(self, *command: str, given: str = "", code: int = 0) -> str:
        """What a command there wrote on standard output; it must end with this code."""
        done = subprocess.run(
            ["unshare", "--net", *inside(self.root), *command],
            input=given,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == code, f"{' '.join(command)}: {done.stdout}{done.stderr}"
        return done.stdout


def built(tree: Path, folder: Path) -> Path:
    """The package of this tree for this machine, in a folder that the root sees as well."""
    done = subprocess.run(BUILD, cwd=tree, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    made = tree / done.stdout.strip()
    return Path(shutil.copy(made, folder / made.name))


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(ROOT, tmp_path_factory.mktemp("package"))


@pytest.fixture(scope="module")
def newer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package of the same tree under a later version."""
    tree = tmp_path_factory.mktemp("tree")
    for part in PARTS:
        copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copy
        copy(ROOT / part, tree / part)
    project = (tree / "pyproject.toml").read_text()
    assert f'version = "{version_of(ROOT)}"' in project
    (tree / "pyproject.toml").write_text(
        project.replace(f'version = "{version_of(ROOT)}"', f'version = "{NEWER}"', 1)
    )
    return built(tree, tmp_path_factory.mktemp("newer"))


def version_of(tree: Path) -> str:
    return str(tomllib.loads((tree / "pyproject.toml").read_text())["project"]["version"])


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory, package: Path) -> Machine:
    """With the package installed."""
    if reason := why_not():
        missing("a Debian root", reason)
    folder = tmp_path_factory.mktemp("debian")
    hooks = [f"--essential-hook={DENY_SERVICE_START}"]
    root, failed = folder / "root", "the Debian 12 root could not be made"
    debian.fetch(root, "bookworm", PACKAGES, ["--variant=apt", *hooks], folder / "log", failed)
    machine = Machine(root)
    machine.says("dpkg", "--install", str(package))
    return machine


def test_it_is_installed_without_a_network_and_knows_its_version(machine: Machine) -> None:
    told = json.loads(machine.says("sts-edge", "version", "--json"))
    assert told["sts-edge"] in machine.says("readlink", "/opt/sts/current")
    assert machine.says("readlink", "/opt/sts/settled") == machine.says("readlink", "/opt/sts/current")


def test_its_user_may_reach_radio_and_serial_ports_and_owns_what_it_writes(machine: Machine) -> None:
    assert set(machine.says("id", "-nG", "sts-edge").split()) == {"sts-edge", "bluetooth", "dialout"}
    for folder in ("/etc/sts-edge", "/var/lib/sts-edge"):
        assert machine.says("stat", "--format=%U %a", folder) == "sts-edge 750\n"


def test_the_service_is_enabled_and_its_unit_is_well_formed(machine: Machine) -> None:
    assert machine.says("systemctl", "is-enabled", "sts-edge") == "enabled\n"
    checked = subprocess.run(
        [*inside(machine.root), "systemd-analyze", "verify", "/usr/lib/systemd/system/sts-edge.service"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert checked.returncode == 0, checked.stderr
    assert "sts-edge.service" not in checked.stderr, checked.stderr


def test_the_unit_leaves_little_exposed(machine: Machine, tell) -> None:
    judge = ("systemd-analyze", "security", "--offline=yes", f"--threshold={MOST_EXPOSED}")
    told = machine.says(*judge, "/usr/lib/systemd/system/sts-edge.service")
    tell(told.strip().splitlines()[-1])


def test_a_unit_without_its_limits_would_be_told(machine: Machine, tmp_path: Path) -> None:
    """Control: the threshold above can be missed."""
    unit = machine.root / "usr/lib/systemd/system/sts-edge.service"
    kept = [
        one
        for one in unit.read_text().splitlines()
        if not one.startswith(("SystemCall", "Capability", "Protect"))
    ]
    (tmp_path / "sts-edge.service").write_text("\n".join(kept))
    judge = ("systemd-analyze", "security", "--offline=yes", f"--threshold={MOST_EXPOSED}")
    machine.says(*judge, str(tmp_path / "sts-edge.service"), code=1)


def test_it_may_ask_the_kernel_whether_its_clock_is_synchronised(machine: Machine) -> None:
    unit = (machine.root / "usr/lib/systemd/system/sts-edge.service").read_text()
    allowed = machine.says("systemd-analyze", "syscall-filter", "@system-service") + unit
    assert all(call in allowed for call in ("adjtimex", "clock_adjtime"))
    assert "\nProtectClock" not in unit


def test_the_agent_runs_as_its_user_and_answers(machine: Machine) -> None:
    told = json.loads(machine.says("sh", "-c", RUN, "run", "agent", given=SETTINGS).splitlines()[0])
    assert (told["gateway"], told["hub"]["state"]) == ("pitch-1", "unreachable")


def links(machine: Machine) -> tuple[str, str]:
    """The version that starts next, and the one that the hub heard last."""
    current, settled = (machine.says("readlink", f"/opt/sts/{one}").strip() for one in ("current", "settled"))
    return Path(current).name, Path(settled).name


def stored(machine: Machine) -> set[str]:
    """The files of the buffer."""
    return {one.name for one in (machine.root / "var/lib/sts-edge/buffer").iterdir()}


def test_an_upgrade_is_on_trial_and_takes_nothing_that_was_stored(machine: Machine, newer: Path) -> None:
    before = stored(machine)
    assert "state.db" in before
    machine.says("dpkg", "--install", str(newer))
    assert links(machine) == (NEWER, version_of(ROOT))
    assert stored(machine) >= before
    assert json.loads(machine.says("sts-edge", "version", "--json"))["sts-edge"] == NEWER
    told = json.loads(machine.says("sh", "-c", RUN, "run", "newer", given=SETTINGS).splitlines()[0])
    assert (told["gateway"], told["hub"]["state"]) == ("pitch-1", "unreachable")


def test_an_upgrade_that_no_hub_hears_is_taken_back_by_itself(machine: Machine) -> None:
    """It may be started three times; before the fourth the settled version puts itself back."""
    for _ in range(3):
        machine.says(*GUARD)
        assert links(machine) == (NEWER, version_of(ROOT))
    machine.says(*GUARD)
    assert links(machine) == (version_of(ROOT), version_of(ROOT))
    told = json.loads(machine.says("sts-edge", "update", "show", "--json"))
    assert (told["phase"], told["current"]) == ("settled", version_of(ROOT))
    assert NEWER in told["refused"]


def test_the_package_before_can_be_installed_again_and_its_agent_runs(
    machine: Machine, package: Path
) -> None:
    machine.says("dpkg", "--install", str(package))
    assert links(machine) == (version_of(ROOT), version_of(ROOT))
    told = json.loads(machine.says("sh", "-c", RUN, "run", "again", given=SETTINGS).splitlines()[0])
    assert told["gateway"] == "pitch-1"


def test_the_tab_key_finds_its_scripts(machine: Machine) -> None:
    share = machine.root / "usr/share"
    assert "complete " in (share / "bash-completion/completions/sts-edge").read_text()
    assert "#compdef sts-edge" in (share / "zsh/vendor-completions/_sts-edge").read_text()
    assert "complete --command sts-edge" in (share / "fish/vendor_completions.d/sts-edge.fish").read_text()


def test_removed_what_was_measured_stays_and_purged_nothing_does(machine: Machine) -> None:
    machine.says("dpkg", "--remove", "sts-edge")
    assert not (machine.root / "opt/sts").exists()
    assert (machine.root / "var/lib/sts-edge/buffer").is_dir()
    machine.says("dpkg", "--purge", "sts-edge")
    for folder in ("opt/sts", "etc/sts-edge", "var/lib/sts-edge"):
        assert not (machine.root / folder).exists()
