"""What the profile sims of docker-compose.yml needs at a hub: a gateway, and thirty athletes with their straps.

Run as `python -m demo.registration`; what is registered stays, so it can run at each start.
"""

from __future__ import annotations

import json
import os
import ssl
import subprocess
import sys
from pathlib import Path
from typing import Any

from demo.gateway_file import gateway_file
from demo.processes import StartError
from demo.seeding import Api, seed

SCENARIO, TEAM, SITE, GATEWAY = "squad", "First team", "Pitch 1", "sims-pitch-1"
# How the parts find each other inside docker-compose.yml; the certificate of the start names both.
HUB, BROKER = "https://nginx:8443", "amqps://rabbitmq:5671/sts"
AUTHORITY = Path("/etc/sts/tls/fullchain.pem")
PASSWORD = Path("/run/secrets/admin_password")
GATEWAY_FOLDER = Path("/var/lib/sts-edge")


def main() -> int:
    """0 when everything is registered, 1 after saying what the hub refused."""
    try:
        roster: list[dict[str, Any]] = json.loads(_said("sts-sim", "roster", SCENARIO, "--json"))
        api = Api(HUB, origin=os.environ["STS_ORIGIN"], trusted=ssl.create_default_context(cafile=AUTHORITY))
        api.sign_in(os.environ["STS_ADMIN_EMAIL"], PASSWORD.read_text().strip())
        seed(api, TEAM, roster)
        _let_in(roster)
    except StartError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{len(roster)} straps of {SCENARIO} are registered.")
    return 0


def _let_in(roster: list[dict[str, Any]]) -> None:
    """The gateway's place at hub and broker, once, and its file."""
    secret, settings = GATEWAY_FOLDER / "password", GATEWAY_FOLDER / "settings.toml"
    if settings.exists():
        return
    secret.unlink(missing_ok=True)  # of a try that did not get as far as the settings
    where = ("--club", os.environ["STS_CLUB"], "--site", SITE, "--password-file", str(secret))
    _said("sts-hub", "gateway", "add", GATEWAY, *where)
    made = gateway_file(
        GATEWAY, BROKER, secret, roster, GATEWAY_FOLDER / "data", Path("/run/sts-edge"), AUTHORITY
    )
    settings.write_text(made)


def _said(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise StartError(f"{' '.join(command[:3])} failed:\n{done.stderr}")
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
