"""The two ceremonies of WebAuthn, as we want them: discoverable passkeys that verify their user; no attestation, since a
club does not choose its people's phones. All that is checked of an answer is checked by the library."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    CredentialDeviceType,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from sts_hub.errors import Refusal
from sts_hub.passkeys.relying_party import NAME, RelyingParty
from sts_hub.passkeys.repository import BroughtRow, NewPasskey
from sts_hub.policy import Caller


class PasskeyRefused(Refusal):
    """The answer of the browser does not hold. What is wrong with it is in the log alone."""

    status = 403
    type = "passkey-refused"
    title = "This passkey was not accepted"
    way_out = "Try again; or sign in another way, and make a new passkey under your account."


def creation(party: RelyingParty, caller: Caller, challenge: bytes, known: Sequence[bytes]) -> dict[str, Any]:
    """What to ask the browser for to make a passkey on a device that holds none of those known."""
    options = generate_registration_options(
        rp_id=party.id,
        rp_name=NAME,
        user_id=caller.account_id.bytes,
        user_name=caller.email,
        user_display_name=caller.name,
        challenge=challenge,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=one) for one in known],
    )
    return _plain(options_to_json(options))


def created(party: RelyingParty, challenge: bytes, credential: Mapping[str, Any]) -> NewPasskey:
    """The passkey that was made. Raises PasskeyRefused."""
    with _refused():
        made = verify_registration_response(
            credential=dict(credential),
            expected_challenge=challenge,
            expected_rp_id=party.id,
            expected_origin=party.origin,
            require_user_verification=True,
        )
    return NewPasskey(
        made.credential_id, made.credential_public_key, made.sign_count, _synced(made.credential_device_type)
    )


def request(party: RelyingParty, challenge: bytes) -> dict[str, Any]:
    """What to ask the browser for to sign somebody in who has typed nothing."""
    options = generate_authentication_options(
        rp_id=party.id, challenge=challenge, user_verification=UserVerificationRequirement.REQUIRED
    )
    return _plain(options_to_json(options))


def id_of(credential: Mapping[str, Any]) -> bytes:
    """Which passkey answers. Raises PasskeyRefused."""
    with _refused():
        return base64url_to_bytes(str(credential["rawId"]))


def answered(party: RelyingParty, challenge: bytes, credential: Mapping[str, Any], kept: BroughtRow) -> int:
    """The count that the passkey tells with a signature that holds. Raises PasskeyRefused."""
    with _refused():
        shown = verify_authentication_response(
            credential=dict(credential),
            expected_challenge=challenge,
            expected_rp_id=party.id,
            expected_origin=party.origin,
            credential_public_key=kept.public_key,
            credential_current_sign_count=kept.sign_count,
            require_user_verification=True,
        )
        # 7.2, steps 6 and 21: a passkey that was found without a name says whose it is, and never becomes a copied one.
        if UUID(bytes=base64url_to_bytes(credential["response"]["userHandle"])) != kept.account_id:
            raise ValueError("the user handle is another account's")
        if _synced(shown.credential_device_type) != kept.synced:
            raise ValueError("its eligibility for backup has changed")
    return shown.new_sign_count


def _synced(kind: CredentialDeviceType) -> bool:
    return kind is CredentialDeviceType.MULTI_DEVICE


def _plain(text: str) -> dict[str, Any]:
    plain: dict[str, Any] = json.loads(text)
    return plain


@contextmanager
def _refused() -> Iterator[None]:
    """Whatever is wrong with what somebody sent is one refusal."""
    try:
        yield
    except (WebAuthnException, ValueError, LookupError, TypeError, AttributeError) as error:
        raise PasskeyRefused("The browser's answer does not hold.") from error
