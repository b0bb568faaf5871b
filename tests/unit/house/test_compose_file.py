"""docker-compose.yml, its Dockerfiles and what sets it up, as far as they can be judged without starting a container."""

from __future__ import annotations

import copy
import os
import re
import shutil
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from compose_file import DOCKERFILES, FILE, PINNED, ROOT, Compose, faults, once, read
from sts_hub import config

SET_UP = ROOT / "deploy/set-up.sh"
OF_THE_HUB = "sts/hub:0.1.0"


def test_every_container_keeps_every_rule() -> None:
    assert faults(read()) == []


def put(service: str, key: str, value: Any) -> Callable[[Compose], None]:
    return lambda compose: compose["services"][service].update({key: value})


def take(service: str, key: str) -> Callable[[Compose], None]:
    return lambda compose: compose["services"][service].pop(key)


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (put("api", "user", "0:0"), "api runs as root"),
        (take("timescaledb", "user"), "timescaledb runs as root"),
        (put("nginx", "read_only", False), "nginx has a root file system that can be written"),
        (put("nginx", "cap_add", ["NET_BIND_SERVICE"]), "nginx keeps a capability"),
        (take("ingest", "security_opt"), "ingest may gain privileges"),
        (put("edge", "privileged", True), "edge has a part of the machine"),
        (put("edge", "network_mode", "host"), "edge has the machine's network"),
        (
            put("certbot", "volumes", ["/var/run/docker.sock:/var/run/docker.sock"]),
            "certbot can order containers",
        ),
        (take("api", "mem_limit"), "api has no mem_limit"),
        (take("api", "logging"), "api writes a log without an end"),
        (take("keeper", "healthcheck"), "keeper has no health check"),
        (put("api", "restart", "always"), "api does not come back after a fault"),
        (put("api", "depends_on", ["migrate"]), "api waits for a start only"),
        (
            put("api", "depends_on", {"rabbitmq": {"condition": "service_started"}}),
            "api waits for rabbitmq by service_started",
        ),
        (put("timescaledb", "ports", ["5432:5432"]), "timescaledb publishes 5432:5432"),
        (put("rabbitmq", "ports", ["5672:5672"]), "rabbitmq publishes 5672:5672"),
        (put("timescaledb", "networks", ["inside", "front"]), "timescaledb is on a network that leads out"),
        (put("nginx", "networks", ["front", "inside"]), "nginx reaches the database"),
        (put("rabbitmq", "image", "rabbitmq:latest"), "rabbitmq has no version: rabbitmq:latest"),
        (
            put("timescaledb", "environment", {"POSTGRES_PASSWORD": "x"}),
            "timescaledb is told POSTGRES_PASSWORD in its environment",
        ),
    ],
)
def test_a_breach_of_a_rule_is_told(spoil: Callable[[Compose], None], told: str) -> None:
    spoilt = copy.deepcopy(read())
    spoil(spoilt)
    assert told in faults(spoilt)


@pytest.mark.parametrize("file", DOCKERFILES, ids=lambda file: file.parent.name)
def test_an_image_is_pinned_and_not_root_and_builds_on_an_old_daemon(file: Path) -> None:
    """Docker 20.10 knows no `# syntax` without a registry, no heredoc, no --chmod; --mount needs BuildKit."""
    text = file.read_text()
    stages = set(re.findall(r"^FROM \S+ AS (\S+)", text, re.MULTILINE))
    bases = [base for base in re.findall(r"^FROM (\S+)", text, re.MULTILINE) if base not in stages]
    assert bases
    assert [base for base in bases if not PINNED.fullmatch(base)] == []
    assert (
        re.findall(r"^# *syntax|<<|--mount|--chmod|\bapk\b|trusted-host|index-url", text, re.MULTILINE) == []
    )
    users = re.findall(r"^USER (\S+)", text, re.MULTILINE)
    assert users[-1] not in ("root", "0")


def set_up(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {
        "PATH": os.environ["PATH"],
        "STS_SECRETS": str(folder / "secrets"),
        "STS_ENVIRONMENT": str(folder / "env"),
    }
    return subprocess.run(
        ["sh", SET_UP, *words], env=environment, capture_output=True, text=True, check=False, timeout=60
    )


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("set-up")
    done = set_up(folder, "sts.example.org", "--email", "ana@club.example", "--club", "Rowing Club")
    assert done.returncode == 0, done.stderr
    return folder


def contents(folder: Path) -> dict[str, str]:
    return {file.name: file.read_text() for file in (folder / "secrets").iterdir()}


def test_setting_up_makes_every_secret_that_the_file_names(made: Path) -> None:
    wanted = {Path(secret["file"]).name for secret in read()["secrets"].values()}
    assert wanted <= set(contents(made))
    assert stat.S_IMODE((made / "secrets").stat().st_mode) == 0o700
    assert all(text.strip() for text in contents(made).values())


def test_secrets_differ_from_each_other_and_from_set_up_to_set_up(made: Path, tmp_path: Path) -> None:
    drawn = re.compile(r"[0-9a-f]{48}")
    assert set_up(tmp_path, "localhost").returncode == 0
    here, there = (set(drawn.findall("".join(contents(one).values()))) for one in (made, tmp_path))
    # admin, sealing key, owner, ingest, api, broker
    assert (len(here), len(there), here & there) == (6, 6, set())


def test_set_up_again_changes_nothing_and_makes_what_is_missing(made: Path) -> None:
    before = contents(made)
    (made / "secrets/sealing_key").unlink()
    assert set_up(made, "other.example.org").returncode == 0
    after = contents(made)
    assert after.pop("sealing_key") != before.pop("sealing_key")
    assert after == before
    assert "STS_HOST=sts.example.org" in (made / "env").read_text()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "name the host"),
        (("Sts.Example/",), "is no host name"),
        (("localhost", "--email"), "needs a value"),
        (("localhost", "--colour", "red"), "is no option"),
        (("localhost", "--club", "it's"), "no quotes"),
    ],
)
def test_a_wrong_word_to_set_up_is_a_sentence_and_makes_nothing(
    tmp_path: Path, words: tuple[str, ...], told: str
) -> None:
    done = set_up(tmp_path, *words)
    assert done.returncode == 2
    assert told in done.stderr
    assert list(tmp_path.iterdir()) == []


def hub_services() -> list[str]:
    return [
        name for name, one in read()["services"].items() if one["image"] == OF_THE_HUB and name != "bootstrap"
    ]


@pytest.mark.parametrize("name", hub_services())
def test_the_hub_takes_the_settings_that_it_is_given(name: str, made: Path) -> None:
    """Each is a setting of the hub, and each file is one that the service has."""
    service = read()["services"][name]
    given = {}
    for key, value in service["environment"].items():
        if value.startswith("/run/secrets/"):
            secret = Path(value).name
            assert secret in service["secrets"]
            value = str(made / "secrets" / secret)
        given[key] = value.replace("${STS_HOST}", "sts.example.org").replace(
            "${STS_AMQPS_PORT:-5671}", "5671"
        )
    if "STS_PUBLIC_ORIGIN" in given:
        given["STS_PUBLIC_ORIGIN"] = "https://sts.example.org"
    told = config.load(environ=given).model_dump(exclude_defaults=True)
    assert {f"STS_{key.upper()}" for key in told} == {
        key.removesuffix("_FILE") if key != "STS_REMOVALS_FILE" else key
        for key in given
        if key.startswith("STS_")
    }


def compose_client() -> bool:
    docker = shutil.which("docker")
    asked = docker and subprocess.run([docker, "compose", "version"], capture_output=True, check=False)
    return bool(asked) and asked.returncode == 0


@pytest.mark.skipif(
    not compose_client(), reason="no docker compose here: its own reading of the file is not tried"
)
def test_compose_reads_the_file_and_stops_with_what_to_do_before_anything_is_set_up(
    made: Path, tmp_path: Path
) -> None:
    def asked(environment_file: Path) -> subprocess.CompletedProcess[str]:
        words = ["docker", "compose", "--env-file", environment_file, "--profile", "*", "-f", FILE, "config"]
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        return subprocess.run(words, env=kept, capture_output=True, text=True, check=False, timeout=60)

    good = asked(made / "env")
    assert good.returncode == 0, good.stderr
    (tmp_path / "nothing").touch()
    stopped = asked(tmp_path / "nothing")
    assert stopped.returncode != 0
    assert "Run first - sh deploy/set-up.sh" in stopped.stderr


def test_what_runs_once_is_waited_for_by_somebody() -> None:
    services = read()["services"]
    waited_for = {other for one in services.values() for other in one.get("depends_on", {})}
    # The first admin and the commands are for people.
    assert {name for name, one in services.items() if once(one)} - waited_for <= {"bootstrap", "fleet"}
