"""Every fault that the doctor knows: what it is called, what it means, and the way out.

The table in docs/gateway.md is made from this one. `check` groups them: it is what --only takes, too. In a fix
the words in braces are filled in by whoever found the fault.
"""

from __future__ import annotations

from typing import NamedTuple


class Fault(NamedTuple):
    """One fault. grave: the gateway does not do its work; else it works and somebody should look.

    exit: the exit code of the command when this is the gravest.
    """

    name: str
    check: str
    means: str
    fix: str
    grave: bool = True
    exit: int = 3


_FAILED, _UNREACHABLE, _SETTINGS, _NOT_ALLOWED, _NOT_RUNNING = 1, 4, 5, 6, 9

FAULTS: tuple[Fault, ...] = (
    Fault(
        "settings-missing",
        "settings",
        "There is no settings file.",
        "sts-edge config edit",
        exit=_SETTINGS,
    ),
    Fault(
        "settings-invalid",
        "settings",
        "The settings file has faults; the agent does not start with it.",
        "sts-edge config edit",
        exit=_SETTINGS,
    ),
    Fault(
        "password-missing",
        "settings",
        "The password file is not there or empty.",
        "write the broker password into {file}, then: sudo chmod 0600 {file}",
        exit=_SETTINGS,
    ),
    Fault(
        "password-exposed",
        "settings",
        "Every user of this machine can read the broker password.",
        "sudo chmod 0600 {file}",
        exit=_SETTINGS,
    ),
    Fault("agent-not-running", "agent", "No agent runs.", "sudo systemctl start sts-edge", exit=_NOT_RUNNING),
    Fault(
        "agent-not-allowed",
        "agent",
        "This user may not ask the agent.",
        "sudo sts-edge doctor, or join the agent's group: sudo usermod -aG sts-edge $USER",
        exit=_NOT_ALLOWED,
    ),
    Fault(
        "agent-silent",
        "agent",
        "The agent's socket is there, and nobody answers in time.",
        "sudo systemctl restart sts-edge",
        exit=_FAILED,
    ),
    Fault(
        "socket-taken",
        "agent",
        "Another gateway's agent answers at this one's socket.",
        "give each gateway a run_dir of its own: sts-edge config edit",
        exit=_FAILED,
    ),
    Fault(
        "two-agents",
        "agent",
        "Another process holds this gateway's buffer.",
        "find it: ps -fp {process}, stop it, then: sudo systemctl restart sts-edge",
        exit=_FAILED,
    ),
    Fault(
        "agent-failed",
        "agent",
        "The agent accepts no more samples.",
        "sts-edge logs --level error",
        exit=_FAILED,
    ),
    Fault(
        "card-copied",
        "agent",
        "This card is a copy of another gateway's; the hub has parked it, and records wait on disk.",
        "on the hub: sts-hub gateway code --club CLUB --site SITE; then here: sudo sts-edge enrol CODE --hub URL --anew "
        "--name NEW-NAME, and: sudo systemctl restart sts-edge",
    ),
    Fault(
        "data-dir-not-writable",
        "disk",
        "The agent cannot write into its data folder.",
        "sudo chown -R sts-edge: {folder}",
        exit=_NOT_ALLOWED,
    ),
    Fault(
        "disk-read-only",
        "disk",
        "The data folder lies on a file system that is read-only.",
        "look for card errors: dmesg | tail, then: sudo mount -o remount,rw {folder}; replace the card if it comes back",
        exit=_FAILED,
    ),
    Fault(
        "disk-failing",
        "disk",
        "Writing and syncing a few bytes fails: the card is dying.",
        "save what waits: sts-edge buffer export /media/usb/waiting.sts, then replace the card",
        exit=_FAILED,
    ),
    Fault(
        "disk-full",
        "disk",
        "No room is left; new data is refused and declared.",
        "make room: sudo apt-get clean; sudo journalctl --vacuum-size=50M",
        exit=_FAILED,
    ),
    Fault(
        "disk-nearly-full",
        "disk",
        "Less room is left than the buffer may still take.",
        "make room: sudo apt-get clean; sudo journalctl --vacuum-size=50M, or lower buffer.max_bytes: sts-edge config edit",
        grave=False,
    ),
    Fault(
        "buffer-dropped",
        "buffer",
        "Data was given up because the buffer was full; the hub was told.",
        "bring the hub back, or raise buffer.max_bytes: sts-edge config edit",
        grave=False,
    ),
    Fault(
        "buffer-damaged",
        "buffer",
        "Records rotted on the card; they were set aside and declared.",
        "replace the card soon; the pieces lie in {folder}",
        grave=False,
    ),
    Fault(
        "card-worn",
        "card",
        "The card is near the end of its life.",
        "replace it: sts-edge buffer drain, then a new card",
        grave=False,
    ),
    Fault(
        "clock-1970",
        "clock",
        "The system's clock was never set since this boot: there is no clock chip or its cell is empty.",
        "give it a network for a minute: timedatectl status, or fit a clock chip; the agent works meanwhile",
    ),
    Fault(
        "clock-was-wrong",
        "clock",
        "A source of time came that puts the clock of the start before far off.",
        "was that start wrong? at the hub: sts-hub clock correct {epoch} --by-ms {by_ms} --reason TEXT; else set the "
        "clock of {source}",
        grave=False,
    ),
    Fault(
        "clock-unsynced",
        "clock",
        "Nothing keeps the system's clock right.",
        "sudo systemctl restart systemd-timesyncd (or chrony), then: timedatectl timesync-status",
        grave=False,
    ),
    Fault(
        "clock-apart-from-hub",
        "clock",
        "The system's clock and the hub's differ.",
        "sudo systemctl restart systemd-timesyncd (or chrony); if this gateway is right, set the hub's clock",
    ),
    Fault(
        "dns",
        "dns",
        "The hub's name is not known to the network.",
        "sts-edge network show; is hub.url spelled right? sts-edge config edit",
        exit=_UNREACHABLE,
    ),
    Fault(
        "tcp-refused",
        "tcp",
        "The hub's machine answers, and nobody listens at that port.",
        "on the hub: is RabbitMQ running? systemctl status rabbitmq-server",
        exit=_UNREACHABLE,
    ),
    Fault(
        "tcp-unreachable",
        "tcp",
        "The hub does not answer at all.",
        "sts-edge network show; is there internet? a firewall that blocks port {port}?",
        exit=_UNREACHABLE,
    ),
    Fault(
        "tls-untrusted",
        "tls",
        "The hub's certificate is signed by somebody this gateway does not trust.",
        "copy the hub's authority here and name it as hub.ca_file: sts-edge config edit",
        exit=_UNREACHABLE,
    ),
    Fault(
        "tls-expired",
        "tls",
        "The hub's certificate has expired.",
        "on the hub: renew it. Is this gateway's clock right? sts-edge doctor --only clock",
        exit=_UNREACHABLE,
    ),
    Fault(
        "tls-not-yet-valid",
        "tls",
        "The hub's certificate begins later than now: this clock is behind, or the hub's was ahead.",
        "sts-edge doctor --only clock",
        exit=_UNREACHABLE,
    ),
    Fault(
        "tls-wrong-name",
        "tls",
        "The hub's certificate is for another name.",
        "use the name in the certificate as host in hub.url: sts-edge config edit",
        exit=_UNREACHABLE,
    ),
    Fault(
        "tls-no-tls",
        "tls",
        "What listens there does not speak TLS.",
        "amqps:// usually has port 5671: sts-edge config edit",
        exit=_UNREACHABLE,
    ),
    Fault(
        "broker-silent",
        "login",
        "Something listens there that is no broker, or one that hangs.",
        "is the port in hub.url the broker's? sts-edge config edit",
        exit=_UNREACHABLE,
    ),
    Fault(
        "login-refused",
        "login",
        "The broker does not know this gateway, or not with this password.",
        "on the hub: sts-hub gateway add {gateway}, then put the new password into {file}",
        exit=_UNREACHABLE,
    ),
    Fault(
        "vhost-missing",
        "login",
        "The broker has no such virtual host.",
        "on the hub: sts-hub migrate; is the path of hub.url right? sts-edge config edit",
        exit=_UNREACHABLE,
    ),
    Fault(
        "vhost-not-allowed",
        "login",
        "The broker knows this gateway, but not for this virtual host.",
        "on the hub: sts-hub gateway add {gateway}",
        exit=_UNREACHABLE,
    ),
    Fault(
        "exchange-missing",
        "publish",
        "The hub's exchanges are not there: it was never prepared.",
        "on the hub: start sts-hub ingest, which makes them",
        exit=_UNREACHABLE,
    ),
    Fault(
        "permission-missing",
        "publish",
        "The broker lets this gateway in, but not write.",
        "on the hub: sts-hub gateway add {gateway}",
        exit=_UNREACHABLE,
    ),
    Fault(
        "publish-unconfirmed",
        "publish",
        "The broker takes a message and does not confirm it: it is short of memory or disk.",
        "on the hub: rabbitmqctl status, and free some memory or disk",
        exit=_UNREACHABLE,
    ),
    Fault(
        "no-dbus",
        "bluetooth",
        "The system's message bus is away.",
        "sudo systemctl start dbus",
        exit=_NOT_ALLOWED,
    ),
    Fault(
        "bluetoothd-absent",
        "bluetooth",
        "The Bluetooth service does not run.",
        "sudo systemctl start bluetooth (is it there? sudo apt-get install bluez)",
        exit=_NOT_ALLOWED,
    ),
    Fault(
        "bluetoothd-hung",
        "bluetooth",
        "The Bluetooth service runs and does not answer.",
        "sudo systemctl restart bluetooth",
        exit=_NOT_ALLOWED,
    ),
    Fault(
        "bluez-too-old",
        "bluetooth",
        "This BlueZ is older than 5.55, which loses notifications.",
        "sudo apt-get update; sudo apt-get install bluez, or a newer system on the card",
        exit=_NOT_ALLOWED,
    ),
    Fault(
        "adapter-missing",
        "bluetooth",
        "There is no such Bluetooth adapter.",
        "plug it in; which are there? bluetoothctl list; mend bluetooth.adapters: sts-edge config edit",
        exit=_NOT_ALLOWED,
    ),
    Fault(
        "rfkill-blocked",
        "bluetooth",
        "The radio is switched off by rfkill.",
        "sudo rfkill unblock bluetooth",
        exit=_NOT_ALLOWED,
    ),
    Fault(
        "adapter-off",
        "bluetooth",
        "The Bluetooth adapter is switched off.",
        "bluetoothctl power on",
        exit=_NOT_ALLOWED,
    ),
    Fault(
        "serial-missing",
        "serial",
        "A serial port of the settings is not there.",
        "plug it in; which are there? ls /dev/serial/by-id; mend its table: sts-edge config edit",
    ),
    Fault(
        "serial-not-allowed",
        "serial",
        "This user may not open the serial port.",
        "sudo usermod -aG dialout $USER, then log in again (the agent: sudo systemctl restart sts-edge)",
        exit=_NOT_ALLOWED,
    ),
    Fault(
        "serial-taken",
        "serial",
        "Another program holds the serial port.",
        "find it: sudo fuser -v {port}, and stop it (ModemManager is a usual one)",
    ),
)


def table() -> str:
    """The faults as the rows of a Markdown table."""
    rows = ["| fault | check | what it means | fix |", "|---|---|---|---|"]
    rows += [f"| `{one.name}` | {one.check} | {one.means} | {one.fix} |" for one in FAULTS]
    return "\n".join(rows)


BY_NAME = {fault.name: fault for fault in FAULTS}
CHECKS = tuple(dict.fromkeys(fault.check for fault in FAULTS))
