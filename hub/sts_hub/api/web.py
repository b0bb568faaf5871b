"""The web app: files built beforehand, served as they are; every other path is a page of the app."""

from pathlib import Path
from typing import Final

from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Match, Mount
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

# The build puts a hash of the content into these names: what has such a name never changes.
HASHED: Final = "assets/"
FOR_EVER: Final = "public, max-age=31536000, immutable"
# Everything else is asked for each time, and answered with 304 while it is the same.
ASK: Final = "no-cache"
OURS: Final = ("/api/", "/healthz", "/readyz", "/metrics")


class WebMount(Mount):
    """The place of the web app: everything but the API, which tells its own errors."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Whether this request is for the web app."""
        if scope["path"].startswith(OURS):
            return Match.NONE, {}
        return super().matches(scope)


class WebApp(StaticFiles):
    """Static files with the app's page for every path that is none."""

    def __init__(self, folder: Path) -> None:
        super().__init__(directory=folder, html=True)

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file, or the app's page where a browser asks for a page."""
        try:
            response = await super().get_response(path, scope)
        except HTTPException as error:
            if error.status_code != 404 or not _is_page(path, scope):
                raise
            response = await super().get_response("index.html", scope)
        response.headers["Cache-Control"] = FOR_EVER if path.startswith(HASHED) else ASK
        return response


def _is_page(path: str, scope: Scope) -> bool:
    """Whether a person went there, and not a page for one of its files."""
    return scope["method"] in ("GET", "HEAD") and "." not in Path(path).name
