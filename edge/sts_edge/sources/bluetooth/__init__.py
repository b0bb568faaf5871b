"""Bluetooth Low Energy sensors, through BlueZ, by bleak on its real backend.

source        all of it together
room          one adapter: its watch, scanner, connect lock and slots
adapter       is the radio there? asked on D-Bus
scanner       the one scan of an adapter and its ladder of remedies
link          the life of one registered sensor
connection    one link: connect, subscribe, read, and a disconnect that is always awaited
care          device information and battery of a connected sensor
streams       ECG, acceleration and pulse intervals: asked for, kept running, ended
reception     frames in, packets out, and how the sensor is
profiles      what to listen to on each kind of sensor
precedence    one source for each metric of a machine that tells it in several ways
limits        every deadline and pause, with its reason
deadline      a deadline that holds even when bluetoothd hangs
"""

from sts_edge.sources.bluetooth.limits import Limits
from sts_edge.sources.bluetooth.source import BluetoothSource

__all__ = ["BluetoothSource", "Limits"]
