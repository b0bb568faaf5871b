"""The preflight tells everything that is missing, at once, and makes nothing."""

from __future__ import annotations

import ast
import shutil
import sys
from pathlib import Path

import pytest

from demo import preflight

SOURCE = Path(preflight.__file__)


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A machine with apt and nothing else, seen by a plain user."""
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "apt-get").touch(mode=0o755)
    monkeypatch.setenv("PATH", str(programs))
    monkeypatch.setattr(preflight, "RABBITMQ_PLACES", ())
    monkeypatch.setattr(preflight, "FAKETIME_PLACES", ())
    monkeypatch.setattr(preflight.os, "getuid", lambda: 1000)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def words_of(target: str, **more: tuple[int, ...]) -> str:
    """Everything that the preflight says."""
    return "\n".join(str(lack) for lack in preflight.lacks_for(target, **more))


def test_everything_missing_is_told_at_once_with_its_command(bare: Path) -> None:
    """One run names each missing part and what to type for it."""
    said = words_of("test")
    for package in ("rabbitmq-server", "dbus", "libfaketime", "chromium"):
        assert f"sudo apt-get install -y {package}" in said


def test_the_broker_that_the_package_starts_can_be_stopped(bare: Path) -> None:
    """Who is told to install RabbitMQ is told how to stop the service that comes with it."""
    assert "systemctl disable --now rabbitmq-server" in words_of("demo-check")


def test_the_demo_goes_on_without_rabbitmq_and_says_so(
    bare: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Only what it cannot do without stops it; what is missing is told with the way to get it."""
    monkeypatch.setitem(preflight.CHECKS, "dbus", list)
    assert preflight.main("demo") == 0
    said = capsys.readouterr().out
    assert "RabbitMQ is not installed" in said
    assert "goes on without it" in said
    assert "sudo apt-get install -y rabbitmq-server" in said
    assert preflight.main("demo-check") == 1


def test_nothing_is_made(bare: Path) -> None:
    """Looking changes nothing."""
    before = sorted(bare.rglob("*"))
    preflight.lacks_for("test")
    assert sorted(bare.rglob("*")) == before


def test_a_plain_user_never_installs(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without root nothing is installed: the sentence is all."""
    monkeypatch.setattr(preflight, "install", lambda _packages: pytest.fail("installed"))
    assert preflight.main("demo") == 1


def test_root_may_say_no(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """INSTALL=no keeps root's packages as they are; without it they are installed."""
    installed: list[str] = []
    monkeypatch.setattr(preflight.os, "getuid", lambda: 0)
    monkeypatch.setattr(preflight, "install", lambda packages: installed.extend(packages))
    monkeypatch.setenv("INSTALL", "no")
    assert preflight.main("demo") == 1
    assert installed == []
    monkeypatch.delenv("INSTALL")
    preflight.main("demo")
    assert installed == ["dbus", "rabbitmq-server"]


def test_real_bluez_needs_a_machine_to_run_in_and_the_means_to_fetch_it(bare: Path) -> None:
    """What is missing for it is told by name with its command, before the first byte is fetched."""
    said = words_of("test-bluez")
    for package in ("qemu-system-x86", "mmdebstrap"):
        assert f"sudo apt-get install -y {package}" in said


def test_only_root_is_asked_for_what_only_root_can_use(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A plain user cuts no power, so needs no file system to cut it on."""
    assert "xfsprogs" not in words_of("test-power")
    monkeypatch.setattr(preflight.os, "getuid", lambda: 0)
    assert "xfsprogs" in words_of("test-power")


def test_an_old_python_is_told_how_to_name_a_newer_one(bare: Path) -> None:
    """Python 3.10 is refused with the words that help."""
    said = words_of("demo", version=(3, 10))
    assert "Python 3.10 is too old" in said
    assert "make demo PYTHON=" in said
    assert "too old" not in words_of("demo", version=(3, 11))


def test_another_system_is_told_and_nothing_else(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On macOS one sentence says that a Linux machine is needed."""
    monkeypatch.setattr(preflight.platform, "system", lambda: "Darwin")
    said = words_of("demo")
    assert "Linux" in said
    assert "apt-get" not in said


def test_the_browser_can_be_named(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """BROWSER= is taken when it is a program, and refused by its name when it is not."""
    monkeypatch.setenv("STS_BROWSER", sys.executable)
    assert "Chromium" not in words_of("test")
    monkeypatch.setenv("STS_BROWSER", "/no/such/browser")
    assert "BROWSER=/no/such/browser is not a program" in words_of("test")


def test_a_python_without_venv_is_noticed(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Debian's Python without python3-venv is told before anything is made."""
    monkeypatch.setitem(sys.modules, "ensurepip", None)
    assert "python3-venv" in words_of("demo")


def test_a_full_disk_is_noticed(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Too little room is told with how much is needed."""
    usage = shutil._ntuple_diskusage(10, 9, 1)  # type: ignore[attr-defined]
    monkeypatch.setattr(preflight.shutil, "disk_usage", lambda _path: usage)
    assert "MB are needed" in words_of("demo")


def test_services_stay_down_while_packages_are_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The policy denies every start during the installation and is afterwards what it was before."""
    policy = tmp_path / "policy-rc.d"
    monkeypatch.setattr(preflight, "POLICY", policy)
    with preflight.services_kept_down():
        assert policy.read_text() == preflight.DENY_SERVICE_START
    assert not policy.exists()
    policy.write_text("#!/bin/sh\nexit 0\n")
    policy.chmod(0o700)
    with preflight.services_kept_down():
        assert policy.read_text() == preflight.DENY_SERVICE_START
    assert policy.read_text() == "#!/bin/sh\nexit 0\n"
    assert policy.stat().st_mode & 0o777 == 0o700


def test_an_old_python_can_read_it() -> None:
    """The file is valid Python 3.8 and needs the standard library only."""
    tree = ast.parse(SOURCE.read_text(), feature_version=(3, 8))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    assert imported <= sys.stdlib_module_names


def test_the_makefile_asks_for_what_each_target_needs() -> None:
    """Every target that the Makefile asks about is known to the preflight."""
    makefile = (SOURCE.parents[2] / "Makefile").read_text()
    asked = {
        line.split(",")[1].rstrip(")") for line in makefile.splitlines() if line.startswith("\t$(call ready,")
    }
    assert asked
    assert asked <= set(preflight.NEEDS)
