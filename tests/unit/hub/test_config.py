"""Settings of the hub: all faults at once, secrets from files, nothing misspelt passes for a default."""

from __future__ import annotations

from pathlib import Path

import pytest

from sts_hub.config import Listen, Settings, load
from sts_hub.errors import SettingsError
from sts_hub.kit.identity import HOST_COOKIE, PLAIN_COOKIE, Cookie

DSN = "postgresql://sts_api:secret@/sts"


def faults_of(*needed: str, **environ: str) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        load(*needed, environ=environ)
    assert caught.value.exit_code == 5
    return caught.value.faults


def test_a_setting_comes_from_its_variable() -> None:
    assert load("db_api_dsn", environ={"STS_DB_API_DSN": DSN}).db_api_dsn.get_secret_value() == DSN


def test_a_setting_comes_from_the_file_that_its_variable_names(tmp_path: Path) -> None:
    (tmp_path / "dsn").write_text(DSN + "\n")
    environ = {"STS_DB_API_DSN_FILE": str(tmp_path / "dsn")}
    assert load("db_api_dsn", environ=environ).db_api_dsn.get_secret_value() == DSN


def test_no_secret_shows_in_what_is_printed_of_the_settings() -> None:
    assert "secret" not in repr(load(environ={"STS_DB_API_DSN": DSN}))


def test_everything_missing_is_told_at_once_with_what_it_means() -> None:
    faults = faults_of("db_api_dsn", "amqp_url")
    assert [fault.split()[0] for fault in faults] == ["STS_DB_API_DSN", "STS_AMQP_URL"]
    assert "amqp://" in faults[1]


def test_an_empty_variable_is_a_missing_one() -> None:
    assert len(faults_of("db_api_dsn", STS_DB_API_DSN="")) == 1


def test_what_a_command_does_not_need_may_be_missing() -> None:
    assert load(environ={}).db_owner_dsn.get_secret_value() == ""


def test_a_misspelt_name_is_told_with_the_nearest_known_one() -> None:
    assert "did you mean STS_DB_API_DSN?" in faults_of(STS_DB_API_DNS=DSN)[0]


def test_a_name_of_another_program_is_no_fault() -> None:
    load(environ={"STS_SIM_SEED": "7"})


@pytest.mark.parametrize("listen", ["8080", "host:", ":8080", "host:port", "host:70000"])
def test_an_address_that_is_none_is_told(listen: str) -> None:
    assert "host:port" in faults_of(STS_LISTEN=listen)[0]


def test_a_fault_does_not_repeat_the_value() -> None:
    assert "secret" not in "".join(faults_of("amqp_url", STS_LOG_LEVEL="secret"))


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    assert "cannot be read" in faults_of(STS_AMQP_URL_FILE=str(tmp_path / "gone"))[0]


def test_a_setting_given_twice_is_told(tmp_path: Path) -> None:
    (tmp_path / "dsn").write_text(DSN)
    faults = faults_of(STS_DB_API_DSN=DSN, STS_DB_API_DSN_FILE=str(tmp_path / "dsn"))
    assert "both set" in faults[0]


@pytest.mark.parametrize(
    ("listen", "loopback"),
    [
        ("127.0.0.1:80", True),
        ("127.8.8.8:80", True),
        ("localhost:80", True),
        ("[::1]:80", True),
        ("0.0.0.0:80", False),
        ("192.168.1.5:80", False),
        ("[::]:80", False),
        ("localhost.example:80", False),
    ],
)
def test_loopback_is_told_from_the_world(listen: str, loopback: bool) -> None:
    assert Listen(listen).loopback is loopback
    assert Listen(listen).port == 80


def test_the_plain_cookie_is_for_loopback_only() -> None:
    assert Cookie(Settings(insecure_loopback_cookie=True)).name == PLAIN_COOKIE
    assert Cookie(Settings(listen="0.0.0.0:80")).name == HOST_COOKIE
    with pytest.raises(SettingsError, match="STS_LISTEN is"):
        Cookie(Settings(insecure_loopback_cookie=True, listen="0.0.0.0:80"))


@pytest.mark.parametrize(
    "url", ["hub.example.org", "ftp://hub.example.org", "amqps://user:word@hub.example.org/sts"]
)
def test_the_address_that_gateways_are_told_is_one_and_holds_no_secret(url: str) -> None:
    with pytest.raises(SettingsError, match="STS_GATEWAY_URL"):
        load(environ={"STS_GATEWAY_URL": url})
