"""The repository's own Nginx configuration on a real Nginx, in front of programs on loopback.

Replaced are the three things that belong to the container: where it listens, who its name server is, and where its files lie.
"""

from __future__ import annotations

import os
import shutil
import ssl
import subprocess
from pathlib import Path

from demo.ports import LOOPBACK, free_port, listens, wait_until
from demo.preflight import find_nginx
from demo.processes import Program
from tls_certificates import Authority, authority

SOURCE = Path(__file__).resolve().parents[1] / "deploy/nginx"
HOST = "localhost"
PATIENCE_S = 30


class Nginx:
    """One Nginx, in front of the programs at `ports`; its certificate is of an authority of its own."""

    def __init__(self, folder: Path, *ports: int) -> None:
        self.plain_port, self.tls_port = free_port(), free_port()
        self.folder = folder
        self.origin = f"https://{HOST}:{self.tls_port}"
        self.maintenance = folder / "tmp/maintenance"
        self._authority = self._make_authority()
        self.renew()
        self._write_app()
        self._write_configuration(ports)
        self._program: Program | None = None

    @property
    def trusted(self) -> ssl.SSLContext:
        """What a browser that knows the authority trusts."""
        return ssl.create_default_context(cafile=self._authority.file)

    @property
    def log(self) -> Path:
        """What it wrote: a line for each request, and its errors."""
        return self.folder / "nginx.log"

    def renew(self) -> None:
        """Another certificate in the place of the one that is served."""
        both = self._authority.signs(self.folder / "pair.pem", HOST)
        for name in ("fullchain.pem", "privkey.pem"):
            shutil.copyfile(both, self.folder / f"tls/{name}")

    def start(self) -> None:
        """Up, or StartError with what it said."""
        self._said("-t")
        # As root its processes would become another user, who does not see a test's folder.
        rights = "daemon off; user root;" if os.getuid() == 0 else "daemon off;"
        self._program = Program("nginx", [*self._command, "-g", rights], self.log)
        if not wait_until(lambda: listens(self.tls_port), PATIENCE_S):
            raise self._program.failure("did not listen")

    def reload(self) -> None:
        """Take up what has changed."""
        self._said("-s", "reload")

    def stop(self) -> None:
        """Down."""
        if self._program is not None:
            self._program.stop()

    @property
    def _command(self) -> list[str | Path]:
        return [find_nginx(), "-e", "stderr", "-p", self.folder, "-c", self.folder / "etc/nginx.conf"]

    def _said(self, *words: str) -> None:
        done = subprocess.run([*self._command, *words], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr

    def _make_authority(self) -> Authority:
        for name in ("tls", "acme", "tmp/nginx.d", "app/assets"):
            (self.folder / name).mkdir(parents=True)
        return authority(self.folder / "authority.pem")

    def _write_app(self) -> None:
        app = self.folder / "app"
        (app / "index.html").write_text("<!doctype html><title>the app</title>")
        (app / "assets/main-1a2b3c.js").write_text("as it was written")
        gzipped = subprocess.run(
            ["gzip", "-9c"], input=b"compressed beforehand", capture_output=True, check=True
        )
        (app / "assets/main-1a2b3c.js.gz").write_bytes(gzipped.stdout)

    def _write_configuration(self, ports: tuple[int, ...]) -> None:
        etc = self.folder / "etc"
        shutil.copytree(SOURCE / "locations", etc / "locations")
        shutil.copytree(SOURCE / "conf.d", etc / "sts.d")
        shutil.copyfile(SOURCE / "nginx.conf", etc / "nginx.conf")
        (etc / "locations/listen-plain.conf").write_text(f"listen {LOOPBACK}:{self.plain_port};")
        # As Nginx before 1.25.1 says it, too: its own line for it, `http2 on`, is tried by the image.
        (etc / "locations/listen-tls.conf").write_text(f"listen {LOOPBACK}:{self.tls_port} ssl http2;")
        hub = etc / "sts.d/20-hub.conf"
        servers = "\n".join(f"server {LOOPBACK}:{port} max_fails=2 fail_timeout=5s;" for port in ports)
        kept = [line for line in hub.read_text().splitlines() if not line.startswith("resolver ")]
        hub.write_text(
            "\n".join(servers if line.strip().startswith("server api:") else line for line in kept)
        )
        (self.folder / "tmp/nginx.d/origin.conf").write_text(f'map "" $origin {{ default "{self.origin}"; }}')
        places = {
            "/etc/nginx/mime.types": "/etc/nginx/mime.types",  # the distribution's own
            "/etc/nginx/": f"{etc}/",
            "/etc/sts/tls/": f"{self.folder}/tls/",
            "/usr/share/sts/app": f"{self.folder}/app",
            "/usr/share/sts/pages": str(SOURCE / "pages"),
            "/var/lib/acme": f"{self.folder}/acme",
            "/tmp/": f"{self.folder}/tmp/",
        }
        for file in etc.rglob("*.conf"):
            file.write_text(_moved(file.read_text(), places))


def _moved(text: str, places: dict[str, str]) -> str:
    """Each place once, so that a new one is not moved again."""
    for number, place in enumerate(places):
        text = text.replace(place, f"\0{number}\0")
    for number, new in enumerate(places.values()):
        text = text.replace(f"\0{number}\0", new)
    return text
