"""A settings file is right, or every fault of it is told at once with its line and a way out."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sts_edge import config
from sts_edge.config import (
    ConfigError,
    FolderSettings,
    MqttSettings,
    ReaderSettings,
    Settings,
    TopicSettings,
    UpdateSettings,
    describe,
    load,
    parse,
    sample_settings,
)
from sts_edge.config.lines import key_lines
from sts_edge.config.shape import known_keys

SAMPLE = Path(config.__file__).with_name("settings.sample.toml")
GOOD = """\
[gateway]
name = "pitch-1"
data_dir = "/var/lib/sts-edge"

[hub]
url = "amqps://hub.example.org:5671/sts"
password_file = "password"

[[sensors]]
name = "hr-01"
address = "A0:9E:1A:00:00:01"
kind = "heart_rate"

[[sensors]]
name = "hr-02"
address = "A0:9E:1A:00:00:02"
kind = "heart_rate"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    secret = tmp_path / "password"
    secret.write_text("open sesame\n")
    secret.chmod(0o600)
    return tmp_path


def faults(text: str, folder: Path) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        parse(text, folder)
    assert str(caught.value) == "\n".join(str(fault) for fault in caught.value.faults)
    return [str(fault) for fault in caught.value.faults]


def fault(text: str, folder: Path) -> str:
    [one] = faults(text, folder)
    return one


def test_a_polar_sensor_may_be_asked_for_streams_and_no_other(folder: Path) -> None:
    polar = GOOD.replace('kind = "heart_rate"', 'kind = "polar"\nstreams = ["ecg", "acc"]', 1)
    assert parse(polar, folder).sensors[0].streams == ("ecg", "acc")
    told = fault(polar.replace('kind = "polar"', 'kind = "heart_rate"'), folder)
    assert "sensors[1].streams" in told
    assert 'kind = "polar"' in told


def test_a_good_file_is_read_with_defaults_for_what_it_leaves_out(folder: Path) -> None:
    (folder / "settings.toml").write_text(GOOD)

    settings = load(folder / "settings.toml")

    assert settings.gateway.name == "pitch-1"
    assert settings.gateway.run_dir == Path("/run/sts-edge")
    assert [sensor.name for sensor in settings.sensors] == ["hr-01", "hr-02"]
    record = settings.record
    assert (record.live_ms, record.offline_ms, record.waveform_ms) == (250, 1_000, 5_000)
    assert settings.buffer.max_bytes == 100 << 20
    assert settings.clock.sources == ("ntp", "gnss", "hub", "rtc")
    assert settings.witness is None


def test_paths_are_taken_from_the_folder_of_the_file(folder: Path) -> None:
    settings = parse(GOOD, folder)

    assert settings.hub.password_file == folder / "password"
    assert settings.hub.read_password() == "open sesame"


def test_a_misspelt_key_is_refused_with_its_line_and_the_nearest_known_key(folder: Path) -> None:
    told = fault(GOOD + "\n[record]\nlive_sm = 250\n", folder)

    assert told == "line 20  record.live_sm is not a key of these settings; the nearest is record.live_ms"


def test_a_key_in_the_wrong_table_is_shown_where_it_belongs(folder: Path) -> None:
    told = fault(GOOD + "\n[record]\nmax_bytes = 1048576\n", folder)

    assert told == "line 20  record.max_bytes is not a key of these settings; the nearest is buffer.max_bytes"


def test_a_key_like_no_other_is_refused_with_the_list_of_those_known_there(folder: Path) -> None:
    told = fault(GOOD + "\n[record]\nxyzzy = 1\n", folder)

    assert (
        told
        == "line 20  record.xyzzy is not a key of these settings; known here: live_ms, offline_ms, waveform_ms"
    )


def test_a_misspelt_table_is_refused(folder: Path) -> None:
    assert "line 19  bufer is not a key of these settings; the nearest is buffer" in faults(
        GOOD + "\n[bufer]\nmax_bytes = 1\n", folder
    )


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('max_bytes = "100 MB"', "expected a whole number of bytes, at least 1048576, for example 104857600"),
        ("max_bytes = 1", "expected a whole number of bytes, at least 1048576, for example 104857600"),
        ("max_bytes = 1e9", "expected a whole number of bytes, at least 1048576, for example 104857600"),
        ("max_bytes = true", "expected a whole number of bytes, at least 1048576, for example 104857600"),
        (
            'when_full = "drop"',
            'expected "oldest-raw-first", "keep-summaries" or "refuse-new", for example "oldest-raw-first"',
        ),
    ],
)
def test_a_wrong_value_is_told_with_its_line_itself_and_what_is_right(
    folder: Path, line: str, told: str
) -> None:
    assert fault(f"{GOOD}\n[buffer]\n{line}\n", folder).startswith("line 20  buffer.")
    assert fault(f"{GOOD}\n[buffer]\n{line}\n", folder).endswith(told)


def test_all_faults_are_told_at_once_in_the_order_of_the_file(folder: Path) -> None:
    text = (
        GOOD.replace('"pitch-1"', '"Pitch 1"')
        .replace('kind = "heart_rate"\n\n', 'kind = "speed"\n\n')
        .replace("amqps://hub", "http://hub")
        + "\n[clock]\nsources = []\nzone = 1\n"
    )

    lines = [int(re.match(r"line (\d+)", one)[1]) for one in faults(text, folder)]  # type: ignore[index]
    assert lines == [2, 6, 12, 20, 21]


def test_what_is_missing_is_told_with_an_example(folder: Path) -> None:
    told = faults('[gateway]\ndata_dir = "/x"\n', folder)

    assert told == [
        "the table [hub] is missing. See the sample settings for its keys.",
        'line 1  name is missing in [gateway]: 3 to 40 of a-z, 0-9 and -, for example name = "pitch-1"',
    ]


@pytest.mark.parametrize("name", ["ab", "Pitch", "pitch_1", "pitch 1", "x" * 41, ""])
def test_a_gateway_name_that_the_broker_could_not_carry_is_refused(folder: Path, name: str) -> None:
    assert "gateway.name" in fault(GOOD.replace("pitch-1", name), folder)


@pytest.mark.parametrize("address", ["a0:9e:1a:00:00:02", "A0:9E:1A:00:00", "A0-9E-1A-00-00-02", "hr-02", ""])
def test_an_address_that_no_device_has_is_refused(folder: Path, address: str) -> None:
    assert "sensors[2].address" in fault(GOOD.replace("A0:9E:1A:00:00:02", address), folder)


def test_a_strap_may_do_without_a_link_and_a_pod_may_not(folder: Path) -> None:
    strap = GOOD.replace('kind = "heart_rate"\n\n', 'kind = "heart_rate"\nlink = "spare"\n\n', 1)
    assert parse(strap, folder).sensors[0].link == "spare"
    pod = strap.replace('kind = "heart_rate"\nlink', 'kind = "core_temperature"\nlink', 1)
    assert "tells nothing without a link" in fault(pod, folder)
    tag = GOOD.replace('kind = "heart_rate"\n\n', 'kind = "ruuvi"\n\n', 1)
    assert 'write link = "never"' in fault(tag, folder)


def test_the_key_of_a_sealed_broadcast_is_a_key_in_a_secret_file(folder: Path) -> None:
    device = GOOD.replace(
        'kind = "heart_rate"\n\n', 'kind = "bthome"\nlink = "never"\nbind_key_file = "key"\n\n', 1
    )
    assert "does not exist: write the sensor's key there" in fault(device, folder)
    (folder / "key").write_text("231d39c1d7cc1ab1aee224cd096db93\n")
    (folder / "key").chmod(0o600)
    assert "does not hold a key" in fault(device, folder)
    (folder / "key").write_text("231d39c1d7cc1ab1aee224cd096db932\n")
    assert parse(device, folder).sensors[0].read_bind_key() == bytes.fromhex(
        "231d39c1d7cc1ab1aee224cd096db932"
    )
    other = device.replace('kind = "bthome"', 'kind = "heart_rate"', 1)
    assert 'only a sensor of kind = "bthome" has a key' in fault(other, folder)


def test_a_circumference_belongs_to_a_sensor_that_counts_a_wheel(folder: Path) -> None:
    bicycle = GOOD.replace('kind = "heart_rate"\n\n', 'kind = "speed_cadence"\nwheel_mm = 2105\n\n', 1)
    assert parse(bicycle, folder).sensors
    strap = GOOD.replace('kind = "heart_rate"\n\n', 'kind = "heart_rate"\nwheel_mm = 2105\n\n', 1)
    assert 'a sensor of the kind "heart_rate" counts no wheel: leave it out' in fault(strap, folder)


def test_two_sensors_share_neither_name_nor_address(folder: Path) -> None:
    told = faults(GOOD.replace("hr-02", "hr-01").replace("00:00:02", "00:00:01"), folder)

    way_out = "sensors[1] has it already; each device has one name and one address"
    assert told == [
        f'line 15  sensors[2].name = "hr-01"  {way_out}',
        f'line 16  sensors[2].address = "A0:9E:1A:00:00:01"  {way_out}',
    ]


@pytest.mark.parametrize(
    "url",
    [
        "hub.example.org",
        "ftp://hub.example.org",
        "amqps://",
        "amqps://hub:port/",
        "amqps://hub:99999/",
        "://",
    ],
)
def test_an_address_of_no_broker_is_refused(folder: Path, url: str) -> None:
    told = fault(GOOD.replace("amqps://hub.example.org:5671/sts", url), folder)

    assert (
        "expected amqps://host:port/vhost or https://host, for example amqps://hub.example.org:5671/sts"
        in told
    )


def test_a_secret_in_the_address_is_refused_and_not_repeated(folder: Path) -> None:
    told = fault(GOOD.replace("amqps://hub", "amqps://pitch-1:open-sesame@hub"), folder)

    assert "the password goes into hub.password_file" in told
    assert "open-sesame" not in told


@pytest.mark.parametrize(
    ("host", "allowed"),
    [
        ("127.0.0.1", True),
        ("localhost", True),
        ("[::1]", True),
        ("127.9.9.9", True),
        ("10.0.0.1", False),
        ("hub", False),
    ],
)
def test_a_password_travels_in_clear_only_inside_this_machine(folder: Path, host: str, allowed: bool) -> None:
    text = GOOD.replace("amqps://hub.example.org:5671", f"amqp://{host}:5672")
    if allowed:
        assert parse(text, folder).hub.url == f"amqp://{host}:5672/sts"
    else:
        assert "in clear" in fault(text, folder)
        parse(text.replace("[hub]", "[hub]\nplaintext_allowed = true"), folder)


def test_a_password_file_that_is_missing_is_told(folder: Path) -> None:
    (folder / "password").unlink()

    assert "does not exist: write the gateway's password there, mode 0600" in fault(GOOD, folder)


@pytest.mark.parametrize(
    ("mode", "good"), [(0o600, True), (0o640, True), (0o604, False), (0o666, False), (0o602, False)]
)
def test_a_password_file_is_closed_to_strangers(folder: Path, mode: int, good: bool) -> None:
    (folder / "password").chmod(mode)
    if good:
        parse(GOOD, folder)
    else:
        told = fault(GOOD, folder)
        assert told.startswith("line 7  hub.password_file")
        assert "can be read by every user of this machine: chmod 0600" in told


@pytest.mark.parametrize(("content", "told"), [(b"\n", "is empty"), (b"\xff\xfe", "cannot be read")])
def test_a_password_file_without_a_password_is_told(folder: Path, content: bytes, told: str) -> None:
    (folder / "password").write_bytes(content)

    assert told in fault(GOOD, folder)


def test_a_password_file_that_is_a_folder_is_told(folder: Path) -> None:
    (folder / "password").unlink()
    (folder / "password").mkdir(mode=0o700)

    assert "cannot be read" in fault(GOOD, folder)


def test_an_authority_that_is_not_there_is_told(folder: Path) -> None:
    told = fault(GOOD.replace("[hub]", '[hub]\nca_file = "ca.pem"'), folder)

    assert told.startswith("line 6  hub.ca_file")


def test_what_is_not_toml_is_told_with_its_line(folder: Path) -> None:
    assert fault(GOOD + "\n[clock\n", folder).startswith("line 19  this is not TOML")


@pytest.mark.parametrize(
    "given_tables", ["gateway = 3", "[[gateway]]\nname = 'a'", "[sensors]\nname = 'hr-01'", "hub = []"]
)
def test_a_table_written_as_something_else_is_told(folder: Path, given_tables: str) -> None:
    told = faults(given_tables, folder)

    assert any("is a table: write [" in one or "is a list of tables: write [[" in one for one in told)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"does not exist\. Copy the sample settings there"):
        load(tmp_path / "settings.toml")


def test_a_file_that_is_not_text_is_told(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_bytes(b"\xff\xfe")

    with pytest.raises(ConfigError, match="not UTF-8 text"):
        load(tmp_path / "settings.toml")


def test_the_sample_file_is_the_one_the_settings_make() -> None:
    assert SAMPLE.read_text(encoding="utf-8") == sample_settings(), "write sample_settings() there again"


def sample_with(folder: Path, text: str) -> Settings:
    return parse(text.replace("/etc/sts-edge/password", str(folder / "password")), folder)


def test_the_sample_loads(folder: Path) -> None:
    assert sample_with(folder, sample_settings()).gateway.name == "pitch-1"


def test_the_sample_names_every_key_with_a_sentence(folder: Path) -> None:
    lines = sample_settings().splitlines()
    for key in known_keys():
        at = next(
            number
            for number, line in enumerate(lines)
            if line.removeprefix("# ").startswith(key.split(".")[1] + " =")
        )
        assert lines[at - 1].startswith("## "), key
        assert lines[at - 1].endswith("."), key


def test_the_defaults_shown_in_the_sample_are_the_defaults(folder: Path) -> None:
    """With every commented default put in force nothing changes but that the tables left out are there, each
    with its defaults. Keys without a default stay comments: they show an example."""
    examples = (
        r"\[witness|socket|ca_file|wheel_mm|bind_key_file|max_age_days|user = |password_file = \"/etc/sts-edge/mqtt|kind = \"heart_rate\"$|"
        r"port|\[\[ports|name = \"timy|device|kind = \"alge|baud|speed_unit"
    )
    plain = sample_with(folder, sample_settings())
    shown = re.sub(rf"(?m)^# (?!{examples})", "", sample_settings())

    assert shown != sample_settings()
    left_out = {
        "folders": (FolderSettings(name="pool-pc", path=Path("/srv/results")),),
        "mqtt": MqttSettings(url="mqtts://broker.example.org:8883"),
        "topics": (TopicSettings(topic="hall/+/temperature", sensor="hall-{1}", metric="skin_temperature"),),
        "readers": (ReaderSettings(name="finish", kind="race_result", host="192.168.4.20"),),
        "update": UpdateSettings(source="/media/usb/sts"),
    }
    assert sample_with(folder, shown) == msgspec.structs.replace(plain, **left_out)


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        ('topic = "a"\nsensor = "x"', "give either metric"),
        ('topic = "a"\nsensor = "x"\nmetric = "hart_rate"', "the nearest is heart_rate"),
        ('topic = "a"\nsensor = "x"\nkind = "hart_rate"', "the nearest is heart_rate"),
        ('topic = "a/+"\nsensor = "x-{2}"\nmetric = "heart_rate"', "asks for {2}, but topic has 1 +"),
        ('topic = "a/#"\nsensor = "x"\nmetric = "heart_rate"', "+ for any one level"),
    ],
)
def test_a_topic_that_means_nothing_is_refused_with_the_way_out(
    folder: Path, lines: str, sentence: str
) -> None:
    extra = f'\n[mqtt]\nurl = "mqtt://127.0.0.1:1883"\n[[topics]]\n{lines}\n'
    with pytest.raises(ConfigError, match=re.escape(sentence)):
        parse(GOOD + extra, folder)


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("http://x", "expected mqtts://host:port"),
        ("mqtts://me:sesame@x", "holds a user or password"),
        ("mqtt://192.168.1.2", "sends everything in clear"),
    ],
)
def test_an_mqtt_broker_is_named_safely(folder: Path, url: str, sentence: str) -> None:
    with pytest.raises(ConfigError, match=re.escape(sentence)) as refused:
        parse(GOOD + f'\n[mqtt]\nurl = "{url}"\n', folder)
    assert "sesame" not in str(refused.value)


def test_topics_need_a_broker(folder: Path) -> None:
    with pytest.raises(ConfigError, match="topics need a broker"):
        parse(GOOD + '\n[[topics]]\ntopic = "a"\nsensor = "x"\nmetric = "heart_rate"\n', folder)


def test_no_two_devices_of_any_kind_share_a_name(folder: Path) -> None:
    extra = '\n[[folders]]\nname = "HR-01"\npath = "/srv"\n[[readers]]\nname = "hr-01"\nkind = "race_result"\nhost = "h"\n'
    with pytest.raises(ConfigError, match=r"readers\[1\]"):
        parse(GOOD + extra, folder)


def test_settings_in_force_written_down_load_to_the_same(folder: Path) -> None:
    extra = '\n[witness]\nsocket = "/run/witness.sock"\n[clock]\nsources = ["hub"]\n[record]\nlive_ms = 100\n'
    settings = parse(GOOD + extra, folder)

    assert parse(describe(settings), folder) == settings


def test_settings_in_force_hold_no_secret(folder: Path) -> None:
    assert "sesame" not in describe(parse(GOOD, folder))
    assert "sesame" not in repr(parse(GOOD, folder))


HARD = '''\
# [not] a = header
top = """
[not.a.header]
a = 1
"""
[ "one two" . three ]  # comment
four = [
  "x = 1",  # [no]
  [2, 3],
]
five = '#'
six . "sev en" = 1
[[list]]
a = 1
[[list]]
[list.sub]
b = { c = 1,
  d = 2 }
e = 2
'''


def test_keys_are_found_on_their_lines_whatever_stands_around_them() -> None:
    found = key_lines(HARD)

    assert found[("top",)] == 2
    assert found[("one two", "three")] == 6
    assert found[("one two", "three", "four")] == 7
    assert found[("one two", "three", "five")] == 11
    assert found[("one two", "three", "six", "sev en")] == 12
    assert (found[("list", 0)], found[("list", 0, "a")], found[("list", 1)]) == (13, 14, 15)
    assert not any("not" in path or "no" in path for path in found)


@given(st.text(alphabet=st.sampled_from(list("ab=[]{}\"'#.,\n 1")), max_size=120))
@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_no_text_is_a_traceback(text: str) -> None:
    with pytest.raises(ConfigError):
        parse(text)


PORT = '\n[[ports]]\nname = "timy-1"\ndevice = "/dev/ttyUSB0"\nkind = "alge"\n'


def test_a_port_is_read_with_the_rate_of_its_kind_for_none_of_its_own(folder: Path) -> None:
    (port,) = parse(GOOD + PORT, base=folder).ports

    assert (port.name, port.device, port.kind, port.baud) == ("timy-1", "/dev/ttyUSB0", "alge", None)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("baud = 9600", "baud = 50"), "expected a whole number from 300 to 4000000, for example 9600"),
        (("baud = 9600", "bauds = 9600"), "the nearest is ports[1].baud"),
        (('kind = "alge"', 'kind = "timy"'), "alge"),
        (('device = "/dev/ttyUSB0"', 'device = "by/id"'), "/dev/serial/by-id"),
    ],
    ids=["rate", "key", "kind", "device"],
)
def test_a_port_that_cannot_be_is_refused_with_what_is_right(
    folder: Path, change: tuple[str, str], told: str
) -> None:
    text = GOOD + PORT + "baud = 9600\n"

    assert parse(text, base=folder).ports[0].baud == 9600
    assert told in fault(text.replace(*change), folder)


def test_two_ports_share_neither_device_nor_a_name_with_anybody(folder: Path) -> None:
    other = PORT.replace("timy-1", "hr-01")

    told = faults(GOOD + PORT + other, folder)

    assert any("sensors[1] has it already" in one for one in told)
    assert any("ports[1] has it already" in one for one in told)
