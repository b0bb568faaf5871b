"""What must hold for each container of docker-compose.yml, whoever adds one: rules over the file as it is read."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[1]
FILE = ROOT / "docker-compose.yml"
DOCKERFILES = sorted((ROOT / "deploy").glob("*/Dockerfile"))
# Ports inside, and who may show them: browsers' two and the gateways' one.
PUBLISHED = {"nginx": {"8080", "8443"}, "rabbitmq": {"5671"}}
# What only the hub's own programs may reach.
KEPT_INSIDE = ("timescaledb", "rabbitmq")
PINNED = re.compile(r"\S+:v?\d+(\.\d+)*(-[a-z0-9.-]+)?")
SECRET_WORDS = re.compile(r"PASSWORD|DSN|_KEY|AMQP_URL|MANAGEMENT_URL|TOKEN")

Compose = dict[str, Any]
Rule = Callable[[str, dict[str, Any], Compose], Iterator[str]]


def read() -> Compose:
    """The file, with its anchors followed."""
    return yaml.safe_load(FILE.read_text())


def once(service: dict[str, Any]) -> bool:
    """Whether it runs to its end and no further."""
    return service.get("restart") == "no"


def gives_nothing_away(name: str, service: dict[str, Any], compose: Compose) -> Iterator[str]:
    """A program that is broken into can neither become root nor change what runs."""
    if str(service.get("user", "root")).split(":")[0] in ("root", "0"):
        yield "runs as root"
    if service.get("read_only") is not True:
        yield "has a root file system that can be written"
    if service.get("cap_drop") != ["ALL"] or service.get("cap_add"):
        yield "keeps a capability"
    if service.get("security_opt") != ["no-new-privileges:true"]:
        yield "may gain privileges"
    if service.get("privileged") or service.get("devices") or service.get("pid") or service.get("ipc"):
        yield "has a part of the machine"
    if service.get("network_mode") not in (None, "none"):
        yield "has the machine's network"
    if any("docker.sock" in str(volume) for volume in service.get("volumes", [])):
        yield "can order containers"


def keeps_its_limits(name: str, service: dict[str, Any], compose: Compose) -> Iterator[str]:
    """None takes the machine's memory, processes or disk from the others."""
    for limit in ("mem_limit", "pids_limit"):
        if limit not in service:
            yield f"has no {limit}"
    if "max-size" not in service.get("logging", {}).get("options", {}):
        yield "writes a log without an end"
    if service.get("restart") not in ("no", "unless-stopped"):
        yield "does not come back after a fault"
    if not once(service) and "healthcheck" not in service:
        yield "has no health check"


def waits_for_states(name: str, service: dict[str, Any], compose: Compose) -> Iterator[str]:
    """A start waits until the other is healthy or done."""
    needs = service.get("depends_on", {})
    if isinstance(needs, list):
        yield "waits for a start only"
        return
    for other, how in needs.items():
        wanted = "service_completed_successfully" if once(compose["services"][other]) else "service_healthy"
        # Certbot asks by Nginx, which must be there before its first certificate is.
        if how["condition"] != wanted and (name, other) != ("certbot", "nginx"):
            yield f"waits for {other} by {how['condition']}"


def shows_only_what_it_should(name: str, service: dict[str, Any], compose: Compose) -> Iterator[str]:
    """Browsers reach Nginx, gateways the broker by TLS, and nobody anything else."""
    for port in service.get("ports", []):
        if str(port).rsplit(":", 1)[-1] not in PUBLISHED.get(name, set()):
            yield f"publishes {port}"
    networks = set(service.get("networks", []))
    if name == "timescaledb" and not all(
        compose["networks"][one] and compose["networks"][one].get("internal") for one in networks
    ):
        yield "is on a network that leads out"
    if name in ("nginx", "certbot", "edge") and networks & set(
        compose["services"]["timescaledb"]["networks"]
    ):
        yield "reaches the database"


def names_versions(name: str, service: dict[str, Any], compose: Compose) -> Iterator[str]:
    """The same file starts the same programs next year."""
    if not PINNED.fullmatch(service.get("image", "")):
        yield f"has no version: {service.get('image')}"


def hides_secrets(name: str, service: dict[str, Any], compose: Compose) -> Iterator[str]:
    """A secret is a file: neither in the environment, which `docker inspect` tells, nor with a default."""
    for key in service.get("environment", {}):
        if SECRET_WORDS.search(key) and not key.endswith("_FILE"):
            yield f"is told {key} in its environment"


RULES: tuple[Rule, ...] = (
    gives_nothing_away,
    keeps_its_limits,
    waits_for_states,
    shows_only_what_it_should,
    names_versions,
    hides_secrets,
)


def faults(compose: Compose) -> list[str]:
    """Every breach of a rule: `service fault`."""
    return [
        f"{name} {fault}"
        for name, service in compose["services"].items()
        for rule in RULES
        for fault in rule(name, service, compose)
    ]
