"""What adverts tell, and what of it is new."""

from pathlib import Path
from typing import Any

import pytest
from bleak.backends.scanner import AdvertisementData
from cryptography.hazmat.primitives.ciphers.aead import AESCCM

from sts_edge.config import SensorSettings
from sts_edge.sources.bluetooth.broadcasts import BthomeBroadcast, TagBroadcast, broadcast_of
from sts_protocols.adverts import bthome, ruuvi
from sts_protocols.errors import DecodeError
from sts_protocols.metrics import AIR_TEMPERATURE

# The worked example of bthome.io, "Encryption".
KEY = "231d39c1d7cc1ab1aee224cd096db932"
ADDRESS = "54:48:E6:8F:80:A5"
SEALED = bytes.fromhex("41a47266c95f730011223378237214")
TAG = bytes.fromhex("0512FC5394C37C0004FFFC040CAC364200CDCBB8334C884F")


def sensor(kind: str, **more: Any) -> SensorSettings:
    """A sensor that is heard by its broadcast alone."""
    return SensorSettings(name="air-1", address=ADDRESS, kind=kind, link="never", **more)


def advert(
    company: dict[int, bytes] | None = None, service: dict[str, bytes] | None = None
) -> AdvertisementData:
    """As bleak hands it over."""
    return AdvertisementData(None, company or {}, service or {}, [], None, -60, ())


def with_key(folder: Path) -> BthomeBroadcast:
    """A device whose key is in the settings."""
    file = folder / "key"
    file.write_text(KEY + "\n")
    return BthomeBroadcast(sensor("bthome", bind_key_file=file))


def again(content: bytes, counter: int) -> bytes:
    """The same sealed with another counter."""
    found = bthome.sealed(content[:-8] + counter.to_bytes(4, "little") + content[-4:], ADDRESS)
    sealed = AESCCM(bytes.fromhex(KEY), tag_length=4).encrypt(
        found.nonce, bytes.fromhex("02ca0903bf13"), None
    )
    return content[:1] + sealed[:-4] + counter.to_bytes(4, "little") + sealed[-4:]


def test_a_tag_tells_a_measurement_once() -> None:
    tag = TagBroadcast(sensor("ruuvi"))
    content = tag.content(advert({ruuvi.COMPANY: TAG}))
    assert content == TAG
    first = tag.read(content, 0)
    assert first is not None
    assert first.values[0] == AIR_TEMPERATURE.told(24.3)
    assert tag.read(content, 1_000_000) is None
    assert tag.read(TAG[:17] + b"\x00\xce" + TAG[19:], 2_000_000) is not None


def test_an_advert_of_somebody_else_is_not_for_this_reader() -> None:
    assert TagBroadcast(sensor("ruuvi")).content(advert({0x004C: b"\x10"})) is None
    assert BthomeBroadcast(sensor("bthome")).content(advert()) is None


def test_a_sealed_advert_is_opened_with_the_key_of_the_settings(tmp_path: Path) -> None:
    device = with_key(tmp_path)
    content = device.content(advert(service={bthome.SERVICE: SEALED}))
    assert content == SEALED
    said = device.read(content, 0)
    assert said is not None
    assert said.values[0] == AIR_TEMPERATURE.told(25.06)
    assert device.read(content, 1) is None, "BlueZ tells it again"


def test_an_advert_that_was_played_again_is_refused(tmp_path: Path) -> None:
    device = with_key(tmp_path)
    device.read(again(SEALED, 8), 0)
    assert device.read(again(SEALED, 9), 1) is not None
    with pytest.raises(DecodeError, match="played again"):
        device.read(again(SEALED, 8), 2)


def test_another_key_opens_nothing_and_counts_nothing(tmp_path: Path) -> None:
    device = with_key(tmp_path)
    with pytest.raises(DecodeError, match="does not open"):
        device.read(SEALED[:2] + b"\xff" + SEALED[3:], 0)
    assert device.read(SEALED, 1) is not None


def test_without_a_key_a_sealed_advert_is_a_sentence_and_no_reading() -> None:
    with pytest.raises(DecodeError, match="needs a key"):
        BthomeBroadcast(sensor("bthome")).read(SEALED, 0)


def test_a_sensor_that_always_has_a_link_is_not_overheard() -> None:
    assert broadcast_of(SensorSettings(name="hr-01", address=ADDRESS, kind="heart_rate")) is None
