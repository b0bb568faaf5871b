"""The API's document: as committed, and complete for those who generate clients from it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sts_hub.api.app import create_app
from sts_hub.api.document import bare, document, text
from sts_hub.config import load
from sts_hub.kit.identity import SETTING_UP
from sts_hub.live.schemas import EVENTS

COMMITTED = Path(__file__).parents[4] / "protocols/openapi.json"
DOCUMENT: dict[str, Any] = document(bare())
OPERATIONS = [
    (path, method, operation)
    for path, item in DOCUMENT["paths"].items()
    for method, operation in item.items()
]


def test_the_committed_document_is_the_one_that_the_code_says() -> None:
    assert COMMITTED.read_text("utf-8") == text(bare()), (
        "protocols/openapi.json is not what the code says: write it anew with "
        "`python -m sts_hub.api.document > protocols/openapi.json`, then generate the web client again."
    )


def test_the_process_serves_the_same_document() -> None:
    environ = {
        "STS_DB_API_DSN": "postgresql://a@b/c",
        "STS_AMQP_URL": "amqp://a@b/c",
        "STS_INSECURE_LOOPBACK_COOKIE": "1",
    }
    app = create_app(load("db_api_dsn", environ=environ))
    assert app.openapi() == DOCUMENT


def test_every_operation_has_an_id_of_its_own() -> None:
    ids = [operation["operationId"] for _, _, operation in OPERATIONS]
    assert len(ids) == len(set(ids))
    assert all(name.isidentifier() for name in ids)


@pytest.mark.parametrize(("path", "method", "operation"), OPERATIONS)
def test_every_error_is_a_problem(path: str, method: str, operation: dict[str, Any]) -> None:
    errors = {status: answer for status, answer in operation["responses"].items() if int(status) >= 400}
    for answer in errors.values():
        schema = answer["content"]["application/problem+json"]["schema"]
        assert schema == {"$ref": "#/components/schemas/Problem"}
    assert {"422", "503"} <= set(errors)
    if "login" in str(operation["security"]):
        assert "401" in errors
    if "{" in path:
        assert "404" in errors
    if method != "get":
        assert "403" in errors


@pytest.mark.parametrize(("path", "method", "operation"), OPERATIONS)
def test_every_operation_says_in_a_sentence_what_it_does(
    path: str, method: str, operation: dict[str, Any]
) -> None:
    assert operation["description"].endswith(".")


def test_only_signing_in_and_out_recovering_and_joining_need_no_login() -> None:
    open_ones = [
        (path, method) for path, method, operation in OPERATIONS if "login" not in str(operation["security"])
    ]
    assert open_ones == [
        ("/api/v1/session", "post"),
        ("/api/v1/session", "delete"),
        ("/api/v1/session/code", "post"),
        ("/api/v1/session/recovery", "post"),
        ("/api/v1/session/recovery-letter", "post"),
        ("/api/v1/session/passkey/options", "post"),
        ("/api/v1/session/passkey", "post"),
        ("/api/v1/session/ways", "get"),
        ("/api/v1/session/providers/{provider}", "post"),
        ("/api/v1/session/providers/{provider}/answer", "post"),
        ("/api/v1/session/invitation/look", "post"),
        ("/api/v1/session/invitation", "post"),
    ]


def test_where_a_login_may_go_that_owes_a_second_factor_are_operations() -> None:
    assert {operation["operationId"] for _, _, operation in OPERATIONS} >= SETTING_UP


def test_the_events_of_the_live_stream_are_described() -> None:
    schemas = DOCUMENT["components"]["schemas"]
    for name, model in EVENTS.items():
        assert schemas[model.__name__]["description"].startswith(f"`{name}`")


def test_every_reference_leads_somewhere() -> None:
    wanted = {part.split('"')[0] for part in text(bare()).split("#/components/schemas/")[1:]}
    assert wanted <= set(DOCUMENT["components"]["schemas"])


def test_no_schema_of_the_framework_is_left() -> None:
    assert not {"HTTPValidationError", "ValidationError"} & set(DOCUMENT["components"]["schemas"])
