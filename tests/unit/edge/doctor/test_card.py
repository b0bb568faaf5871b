"""The medium under the buffer, from a tree laid out as the kernel's."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from sts_edge.doctor.card import card_under

GB = 10**9


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A 32 GB card with one partition, 1 GB written in a day since boot."""
    number = tmp_path.stat().st_dev
    disk = tmp_path / "sys/devices/mmcblk0"
    (disk / "queue").mkdir(parents=True)
    (disk / "device").mkdir()
    (disk / "mmcblk0p2").mkdir()
    (disk / "size").write_text(f"{32 * GB // 512}\n")
    (disk / "stat").write_text(f" 1 2 3 4 5 6 {GB // 512} 8 9 10 11\n")
    link = tmp_path / f"sys/dev/block/{os.major(number)}:{os.minor(number)}"
    link.parent.mkdir(parents=True)
    link.symlink_to(disk / "mmcblk0p2")
    (tmp_path / "proc").mkdir()
    (tmp_path / "proc/uptime").write_text("86400.00 1.00\n")
    return tmp_path


def test_a_cards_life_follows_from_its_size_and_what_is_written(machine: Path) -> None:
    card = card_under(machine, machine / "sys", machine / "proc")
    assert card is not None
    assert (card.device, card.size_bytes, card.used_percent) == ("mmcblk0", 32 * GB, None)
    assert card.written_per_day == pytest.approx(GB, rel=1e-6)
    # 32 GB x 500 cycles / 4 = 4 PB; at 1 GB a day 4,000 days.
    assert card.life_years == pytest.approx(4_000 / 365, rel=1e-6)


def test_emmc_tells_its_wear_itself(machine: Path) -> None:
    (machine / "sys/devices/mmcblk0/device/life_time").write_text("0x02 0x09\n")
    card = card_under(machine, machine / "sys", machine / "proc")
    assert card is not None
    assert card.used_percent == 90


def test_a_boots_first_minutes_say_nothing_of_a_day(machine: Path) -> None:
    (machine / "proc/uptime").write_text("60.00 1.00\n")
    card = card_under(machine, machine / "sys", machine / "proc")
    assert card is not None
    assert card.life_years is None


def test_memory_and_networks_have_no_card(tmp_path: Path) -> None:
    assert card_under(tmp_path, tmp_path / "sys") is None
