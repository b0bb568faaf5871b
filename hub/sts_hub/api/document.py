"""The OpenAPI document: what `protocols/openapi.json` holds and the web client is generated from.

`python -m sts_hub.api.document > protocols/openapi.json` writes it; a test compares.
"""

import json
import sys
from functools import cache
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic.json_schema import models_json_schema

from sts_hub.api import features
from sts_hub.kit.problems import Problem
from sts_hub.live.schemas import EVENTS

TITLE = "Smart Training System"
VERSION = "1"
DESCRIPTION = """\
Athletes, teams, sensors and gateways of a club; past values for charts; live values as a stream.

Sign in with POST /api/v1/session; the cookie of its answer goes with every other request. Requests that
change something also need the header `X-STS-Request: 1` and an `Origin` that is the hub's own. Errors are
problem details (RFC 9457): `type` for programs, `detail` and `way_out` for people. Lists come in parts: send
`next` as `cursor` to go on. Times are RFC 3339 in UTC, or milliseconds since 1970 where a name ends in `_ms`
or the field is `t`. Units are UCUM codes. Too many requests answer 429 with Retry-After; `RateLimit-Policy` and
`RateLimit` tell how many a caller may send and how many are left.
"""

_METHODS = ("get", "post", "put", "patch", "delete")
_UNSAFE = ("post", "put", "patch", "delete")
_LOGIN = "login"
_OWN_PAGES = "own_pages"
_OPEN = {
    ("/api/v1/session", "post"),
    ("/api/v1/session", "delete"),
    ("/api/v1/session/code", "post"),
    ("/api/v1/session/passkey", "post"),
    ("/api/v1/session/passkey/options", "post"),
    ("/api/v1/session/providers/{provider}", "post"),
    ("/api/v1/session/providers/{provider}/answer", "post"),
    ("/api/v1/session/recovery", "post"),
    ("/api/v1/session/ways", "get"),
    ("/api/v1/session/recovery-letter", "post"),
    ("/api/v1/session/invitation", "post"),
    ("/api/v1/session/invitation/look", "post"),
}


def document(app: FastAPI) -> dict[str, Any]:
    """The document of this app, made once."""
    if app.openapi_schema is None:
        schema = get_openapi(title=TITLE, version=VERSION, description=DESCRIPTION, routes=app.routes)
        _add_models(schema)
        schema["components"]["securitySchemes"][_OWN_PAGES] = {
            "type": "apiKey",
            "in": "header",
            "name": "X-STS-Request",
            "description": "Always `1`; a page of another site cannot send it.",
        }
        for path, item in schema["paths"].items():
            for method in _METHODS:
                if method in item:
                    _amend(item[method], path, method)
        app.openapi_schema = schema
    return app.openapi_schema


def _add_models(schema: dict[str, Any]) -> None:
    """Problems and the events of the live stream are not the body of any route, but clients need their
    shape."""
    models = [(model, "serialization") for model in (Problem, *EVENTS.values())]
    _, definitions = models_json_schema(models, ref_template="#/components/schemas/{model}")  # type: ignore[arg-type]
    known = schema["components"]["schemas"]
    known.pop("HTTPValidationError", None)
    known.pop("ValidationError", None)
    for name, definition in definitions["$defs"].items():
        known.setdefault(name, definition)
    schema["components"]["schemas"] = dict(sorted(known.items()))


def _amend(operation: dict[str, Any], path: str, method: str) -> None:
    """Say what a request must prove: the login, and for changes that it comes from the hub's own pages."""
    proofs: dict[str, list[str]] = {} if (path, method) in _OPEN else {_LOGIN: []}
    if method in _UNSAFE:
        proofs[_OWN_PAGES] = []
    operation["security"] = [proofs] if proofs else []


def text(app: FastAPI) -> str:
    """The document as it is committed."""
    return json.dumps(document(app), indent=2, ensure_ascii=False) + "\n"


@cache
def bare() -> FastAPI:
    """An app that only knows its routes, made once."""
    app = FastAPI()
    features.include(app)
    return app


if __name__ == "__main__":
    sys.stdout.write(text(bare()))
