"""`sts-edge network`, on an nmcli that says what the real one said.

The outputs are those of nmcli 1.42.4 on a NetworkManager mocked by python-dbusmock 0.28.7 (template
networkmanager): an Ethernet and a Wi-Fi device, two access points, one with a colon in its name. `GENERAL`
fields are left out as `sts-edge` does not ask for them; addresses are in the shape that nmcli(1) gives.
"""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from sts_edge.cli.network import fields

COMMAND = [sys.executable, "-c", "from sts_edge.cli import main; main()"]
ANSWERS = {
    "-t -f STATE,CONNECTIVITY,WIFI general": "connected:full:enabled\n",
    "-t -f DEVICE,TYPE,STATE,CONNECTION device": "eth0:ethernet:connected:\nwlan0:wifi:connected:\n",
    "-t -f ACTIVE,SSID,SIGNAL,SECURITY device wifi list --rescan no": (
        "no:Club\\: north pitch:82:WPA1 WPA2 802.1X\nno:Guest:40:\n"
    ),
    "-t -f IP4.ADDRESS,IP6.ADDRESS device show eth0": "IP4.ADDRESS[1]:192.0.2.7/24\nIP6.ADDRESS[1]:fe80\\:\\:1/64\n",
    "-t -f IP4.ADDRESS,IP6.ADDRESS device show wlan0": "",
    "--ask device wifi connect Guest": (
        "Device 'wlan0' successfully activated with 'f3319146-1a9a-49c9-a74b-9cafc4e6995a'.\n"
    ),
    "device wifi hotspot con-name Hotspot ssid sts-pitch-1": (
        "Device 'wlan0' successfully activated with 'f3319146-1a9a-49c9-a74b-9cafc4e6995a'.\n"
    ),
}
REFUSALS = {
    "--ask device wifi connect Nowhere": (10, "Error: No network with SSID 'Nowhere' found."),
    "connection down Hotspot": (
        10,
        "Error: 'Hotspot' is not an active connection.\nError: no active connection provided.",
    ),
}


@pytest.fixture
def nmcli(tmp_path: Path) -> Path:
    """A folder for PATH with the recorded nmcli in it; `calls` is what it was asked, `given` its input."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "answers.json").write_text(json.dumps({"answers": ANSWERS, "refusals": REFUSALS}))
    program, recorded = folder / "nmcli", folder / "recorded.py"
    # A path with a space in it cannot stand behind #!.
    program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} {shlex.quote(str(recorded))} "$@"\n')
    recorded.write_text(
        "import json, sys, os, pathlib\n"
        "here = pathlib.Path(__file__).parent\n"
        "words = ' '.join(sys.argv[1:]).removeprefix('--colors no ')\n"
        "assert os.environ['LC_ALL'] == 'C.UTF-8'\n"
        "if '--ask' in sys.argv: (here / 'given').write_text(sys.stdin.readline())\n"
        "known = json.loads((here / 'answers.json').read_text())\n"
        "if words in known['answers']:\n"
        "    sys.stdout.write(known['answers'][words]); sys.exit(0)\n"
        "code, sentence = known['refusals'].get(words, (2, 'Error: not recorded: ' + words))\n"
        "sys.stderr.write(sentence + '\\n'); sys.exit(code)\n"
    )
    program.chmod(0o755)
    return folder


def typed(folder: Path | str, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, "network", *words],
        env={**os.environ, "PATH": str(folder)},
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=60,
    )


def again(nmcli: Path, words: str, answer: str) -> None:
    known = json.loads((nmcli / "answers.json").read_text())
    known["answers"][words] = answer
    (nmcli / "answers.json").write_text(json.dumps(known))


@pytest.mark.parametrize(
    ("line", "parts"),
    [
        ("connected:full:enabled", ["connected", "full", "enabled"]),
        ("eth0:ethernet:connected:", ["eth0", "ethernet", "connected", ""]),
        ("no:Club\\: north pitch:82:WPA2", ["no", "Club: north pitch", "82", "WPA2"]),
        ("a\\\\b:c", ["a\\b", "c"]),
        ("IP6.ADDRESS[1]:fe80\\:\\:1/64", ["IP6.ADDRESS[1]", "fe80::1/64"]),
        ("::", ["", "", ""]),
    ],
)
def test_terse_lines_are_taken_apart_as_nmcli_puts_them_together(line: str, parts: list[str]) -> None:
    assert fields(line) == parts


def test_the_network_is_shown_with_what_is_near(nmcli: Path) -> None:
    done = typed(nmcli, "show", "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["schema"], told["internet"]) == ("sts.edge.network.show/1", "full")
    assert told["devices"][0]["addresses"] == ["192.0.2.7/24", "fe80::1/64"]
    assert [one["name"] for one in told["networks"]] == ["Club: north pitch", "Guest"]
    assert told["networks"][1]["security"] is None
    plain = typed(nmcli, "show").stdout
    assert "Club: north pitch  82 %" in plain


def test_no_internet_is_degraded(nmcli: Path) -> None:
    again(nmcli, "-t -f STATE,CONNECTIVITY,WIFI general", "connected (local only):limited:enabled\n")
    done = typed(nmcli, "show")
    assert done.returncode == 3
    assert "Next: sts-edge network wifi" in done.stdout


def test_a_password_goes_to_nmcli_by_its_input_and_never_by_its_words(nmcli: Path, tmp_path: Path) -> None:
    (tmp_path / "wifi").write_text("correct horse\n")
    done = typed(nmcli, "wifi", "Guest", "--password-file", str(tmp_path / "wifi"))
    assert done.returncode == 0, done.stderr
    assert "connected to Guest" in done.stdout
    assert (nmcli / "given").read_text() == "correct horse\n"


def test_what_nmcli_refuses_is_told_in_its_words_with_the_next_command(nmcli: Path) -> None:
    done = typed(nmcli, "wifi", "Nowhere")
    assert done.returncode == 7
    assert done.stderr.startswith("No network with SSID 'Nowhere' found. Next: sts-edge network show")
    assert typed(nmcli, "hotspot", "--off").returncode == 7


def test_a_hotspot_wants_a_word_before_it_cuts_the_session(nmcli: Path) -> None:
    assert typed(nmcli, "hotspot", "sts-pitch-1").returncode == 2
    done = typed(nmcli, "hotspot", "sts-pitch-1", "--yes")
    assert done.returncode == 0, done.stderr
    assert "sts-pitch-1 is on" in done.stdout


def test_without_networkmanager_one_sentence_says_so(tmp_path: Path, nmcli: Path) -> None:
    done = typed(tmp_path, "show")
    assert (done.returncode, done.stdout) == (7, "")
    assert "NetworkManager is not on this machine" in done.stderr
    known = {"answers": {}, "refusals": {}}
    words = "-t -f STATE,CONNECTIVITY,WIFI general"
    known["refusals"] = {words: (8, "Error: NetworkManager is not running.")}
    (nmcli / "answers.json").write_text(json.dumps(known))
    done = typed(nmcli, "show")
    assert done.returncode == 1
    assert "NetworkManager is not running. Next: sudo systemctl start NetworkManager" in done.stderr
