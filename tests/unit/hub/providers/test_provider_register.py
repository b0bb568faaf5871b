"""The file of providers: every fault at once, secrets from files of their own."""

from __future__ import annotations

from pathlib import Path

import pytest

from sts_hub.errors import SettingsError
from sts_hub.providers.register import read

GOOD = '[[provider]]\nid = "school"\nname = "School"\nissuer = "https://login.school.example"\nclient_id = "sts"\n'


def written(folder: Path, text: str) -> Path:
    (folder / "providers.toml").write_text(text)
    return folder / "providers.toml"


def test_without_a_file_there_are_none() -> None:
    assert read(None) == ()


def test_the_secret_comes_from_its_file_and_is_not_printed(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("hush\n")
    (one,) = read(written(tmp_path, GOOD + 'client_secret_file = "secret"\n'))
    assert one.client_secret.get_secret_value() == "hush"
    assert "hush" not in repr(one)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[[provider", "cannot be read"),
        ("[[providers]]\n", "more than [[provider]] tables: providers"),
        ("provider = 7\n", "more than [[provider]] tables"),
        (GOOD.replace("https", "http"), "issuer: is not an https:// address"),
        (GOOD + 'clinet_secret = "x"\n', "clinet_secret"),
        (GOOD + GOOD, "two providers are called school"),
        (GOOD + 'client_secret_file = "gone"\n', "client_secret_file cannot be read"),
        (GOOD.replace('"school"', '"School!"'), "id: "),
    ],
)
def test_a_fault_is_told_in_a_sentence(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(SettingsError) as caught:
        read(written(tmp_path, text))
    assert told in str(caught.value)


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        read(written(tmp_path, '[[provider]]\nid = "x"\n[[provider]]\nname = ""\n'))
    assert len(caught.value.faults) >= 6


def test_a_provider_on_loopback_needs_no_tls(tmp_path: Path) -> None:
    (one,) = read(written(tmp_path, GOOD.replace("https://login.school.example", "http://127.0.0.1:9")))
    assert one.issuer == "http://127.0.0.1:9"


def test_a_file_that_is_gone_is_told(tmp_path: Path) -> None:
    with pytest.raises(SettingsError):
        read(tmp_path / "gone.toml")
