"""Signatures as the Standard Webhooks specification has them."""

from __future__ import annotations

import base64

import pytest

from sts_hub.webhooks import signature

# The example that the specification's own libraries are tested with.
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
ID, AT_S, BODY = "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}'
SIGNED = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def key_of(secret: str) -> bytes:
    return base64.b64decode(secret.removeprefix("whsec_"))


def test_the_specifications_example_is_signed_as_it_says() -> None:
    assert signature.headers([key_of(SECRET)], ID, AT_S, BODY) == {
        "webhook-id": ID,
        "webhook-timestamp": "1614265330",
        "webhook-signature": SIGNED,
    }


@pytest.mark.parametrize(
    ("message", "at_s", "body"),
    [("msg_other", AT_S, BODY), (ID, AT_S + 1, BODY), (ID, AT_S, b'{"test":2432232314}')],
)
def test_another_id_time_or_body_is_signed_otherwise(message: str, at_s: int, body: bytes) -> None:
    assert signature.headers([key_of(SECRET)], message, at_s, body)["webhook-signature"] != SIGNED


def test_while_two_secrets_count_both_sign() -> None:
    both = signature.headers([bytes(32), key_of(SECRET)], ID, AT_S, BODY)["webhook-signature"].split(" ")
    assert len(both) == 2
    assert both[1] == SIGNED


def test_a_secret_is_told_with_its_prefix() -> None:
    assert signature.serialized(key_of(SECRET)) == SECRET
