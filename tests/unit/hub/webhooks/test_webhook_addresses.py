"""Where a webhook may go, and where not: no machine beside the hub is reached by one."""

from __future__ import annotations

import pytest

from sts_hub.webhooks import addresses
from sts_hub.webhooks.addresses import AddressError, checked, is_public, pinned

# Of each special range of the IANA registries one address, and forms that hide one.
WITHIN = (
    "0.0.0.0",
    "10.1.2.3",
    "100.64.0.1",
    "127.0.0.1",
    "169.254.169.254",
    "172.16.0.1",
    "192.0.0.8",
    "192.0.2.1",
    "192.168.1.1",
    "198.18.0.1",
    "203.0.113.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::ffff:127.0.0.1",
    "::ffff:8.8.8.8",
    "64:ff9b::7f00:1",
    "100::1",
    "2001::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "fc00::1",
    "fe80::1",
    "ff02::1",
)


@pytest.mark.parametrize("address", WITHIN)
def test_an_address_that_is_not_of_the_public_internet_is_none(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "193.0.6.139", "2606:4700::1111", "2a00:1450:4001::1"])
def test_a_public_address_is_one(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "http://club.example/hook",
        "ftp://club.example/",
        "club.example",
        "https:///hook",
        "https://user:secret@club.example/",
        "https://club.example/#part",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://169.254.169.254/latest",
        "https://[::ffff:10.0.0.1]/",
        "https://club.example:99999/",
        "https://\x00club.example/",
    ],
)
def test_what_no_webhook_may_be_is_refused(url: str) -> None:
    with pytest.raises(AddressError):
        checked(url, to_loopback=False)


@pytest.mark.parametrize(
    "url", ["https://club.example/hook?x=1", "https://club.example:8443/", "https://8.8.8.8/"]
)
def test_a_public_one_is_taken(url: str) -> None:
    assert str(checked(url, to_loopback=False)) == url


async def told(*found: str) -> str:
    async def ask(_host: str, _port: int) -> list[str]:
        return list(found)

    return await pinned(checked("https://club.example/", to_loopback=False), False, ask)


async def test_a_name_is_taken_for_the_address_that_was_checked() -> None:
    assert await told("8.8.8.8", "2606:4700::1111") == "8.8.8.8"


@pytest.mark.parametrize("found", [("10.0.0.1",), ("8.8.8.8", "127.0.0.1"), ()])
async def test_a_name_that_means_anything_else_is_refused(found: tuple[str, ...]) -> None:
    with pytest.raises(AddressError):
        await told(*found)


async def test_forms_of_an_address_that_only_a_resolver_understands_are_judged_by_what_it_says() -> None:
    """2130706433 and 0x7f.1 are 127.0.0.1 to the C library."""
    for host in ("2130706433", "0x7f.1", "localhost"):
        url = checked(f"https://{host}/", to_loopback=False)
        with pytest.raises(AddressError):
            await pinned(url, False, addresses.resolve)


async def test_the_setting_for_trials_opens_loopback_alone() -> None:
    assert await pinned(checked("http://127.0.0.1:1/", to_loopback=True), True) == "127.0.0.1"
    for url in ("http://10.0.0.1/", "http://8.8.8.8/"):
        with pytest.raises(AddressError):
            checked(url, to_loopback=True)
