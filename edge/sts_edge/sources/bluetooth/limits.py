"""How long everything may take, with the reason.

habluetooth is Bluetooth-Devices/habluetooth (const.py, scanner_bleak.py); bleak# are issues of hbldh/bleak.
"""

from dataclasses import dataclass

# habluetooth: a scan that does not start within 15 s, does not stop within 5 s, or a link that does not
# close within 10 s will not do so any more: bluetoothd or the adapter hangs.
SCAN_START_S = 15.0
SCAN_STOP_S = 5.0
DISCONNECT_S = 10.0

# StartNotify writes one descriptor over the air: the ATT transaction timeout is 30 s, but a strap that
# needs more than five connection events of 1 s has a link not worth keeping.
SUBSCRIBE_S = 10.0
# The same for one read.
READ_S = 10.0

# A D-Bus question that bluetoothd answers from memory.
QUESTION_S = 5.0

# Work that does not end when it is cancelled (a call in a cleanup that bluetoothd never answers) is left
# behind after this long; its D-Bus connection is closed when the call or the bus ends.
ABANDON_S = 2.0

# habluetooth: a working adapter hears something at least every 90 s on any normal site (BlueZ forgets a
# device after 180 s, a restart costs up to 2 x 30 s, the rest is reserve); we look every 30 s.
SCANNER_SILENCE_S = 90.0
SCANNER_CHECK_S = 30.0

# A sensor heard within the last 10 minutes and without a link now is due: somebody still trains with it.
DUE_S = 600.0

# BlueZ drops a device object 30 s after it was last seen (main.conf, TemporaryTimeout); a connect takes up
# to some seconds, so only what was seen within 20 s is worth trying.
SIGHTING_FRESH_S = 20.0

# An advert reaches the adapters of a gateway within one round of their scans, and a strap advertises at least once a
# second: so long a sensor that one adapter hears waits for the others that may hear it better.
COMPARE_S = 1.0

# A sensor that is sought and not seen is looked up in BlueZ this often: a link that nobody owns would hide
# it.
STALE_LOOK_S = 30.0

# The signals of a lost link also reach the detection callback (bleak reports every change of a device), up
# to some tens of ms after the loss: only what comes later is an advert.
ECHO_OF_LOSS_S = 0.2

# After a connect that failed: bleak-retry-connector has already tried again for what passes by itself.
RETRY_FIRST_S = 0.5
RETRY_LONGEST_S = 8.0
# Out of slots, or the object is gone: bleak-retry-connector waits 4 s for the same reason.
RETRY_LATER_S = 4.0

# Between attempts to start a scan: at once, then up to half a minute, so that an adapter that is put back
# is found soon and one that is broken does not fill the log.
SCAN_RETRY_FIRST_S = 0.5
SCAN_RETRY_LONGEST_S = 30.0

# A D-Bus that went away is asked for again this often: systemd restarts it within a second or two.
BUS_RETRY_S = 1.0

# A question to a control point is answered by an indication, within a few connection events.
ANSWER_S = 5.0
# The same for the end of a stream; whoever leaves must not be held up: three of them take less than the 10 s
# that a disconnect may.
STOP_STREAM_S = 2.0
# An optical sensor needs 25 s before its first pulse interval (polarofficial/polar-ble-sdk); ECG comes twice a
# second.
STREAM_SILENCE_S = 40.0
# A stream that was refused or fell silent: a person puts the strap on anew in such a time.
STREAM_RETRY_S = 15.0

# Battery: the level falls by 1 % in hours; every 10 minutes is plenty where the strap does not notify.
BATTERY_EVERY_S = 600.0

# Two notifications with the same bytes within 5 ms: no heart beats so, a second registration does
# (bleak#2002).
REPEAT_US = 5_000

# How strong a sensor is heard is told every 10 s, as often as a beat tells it: the middle of some twenty adverts, for a
# body that turns costs 10 dB for a moment. Of thirty straps these are three values a second.
SIGNAL_EVERY_US = 10_000_000
# What BlueZ has no signal of, bleak tells as this.
NO_SIGNAL_DBM = -127

# Power off, a moment for the kernel, power on.
POWER_CYCLE_PAUSE_S = 1.0


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits that a test may want shorter; the settings file gives the first two."""

    connect_s: float = 20.0
    silence_s: float = 30.0
    scan_start_s: float = SCAN_START_S
    disconnect_s: float = DISCONNECT_S
    subscribe_s: float = SUBSCRIBE_S
    read_s: float = READ_S
    abandon_s: float = ABANDON_S
    scanner_silence_s: float = SCANNER_SILENCE_S
    scanner_check_s: float = SCANNER_CHECK_S
    retry_first_s: float = RETRY_FIRST_S
    retry_later_s: float = RETRY_LATER_S
    scan_retry_first_s: float = SCAN_RETRY_FIRST_S
    scan_retry_longest_s: float = SCAN_RETRY_LONGEST_S
    bus_retry_s: float = BUS_RETRY_S
    battery_every_s: float = BATTERY_EVERY_S
    echo_of_loss_s: float = ECHO_OF_LOSS_S
    compare_s: float = COMPARE_S
    stale_look_s: float = STALE_LOOK_S
    power_cycle_pause_s: float = POWER_CYCLE_PAUSE_S
    stream_silence_s: float = STREAM_SILENCE_S
    stream_retry_s: float = STREAM_RETRY_S
