"""Settings of the gateway: one TOML file, typed, every fault told at once with its line."""

from .faults import ConfigError, Fault
from .load import load, parse
from .sample import describe, sample_settings
from .settings import (
    BluetoothSettings,
    BufferSettings,
    ClockSettings,
    GatewaySettings,
    HubSettings,
    RecordSettings,
    Settings,
    UpdateSettings,
    WitnessSettings,
)
from .ways_in import (
    FolderSettings,
    MqttSettings,
    PortSettings,
    ReaderSettings,
    SensorSettings,
    TopicSettings,
)

__all__ = [
    "BluetoothSettings",
    "BufferSettings",
    "ClockSettings",
    "ConfigError",
    "Fault",
    "FolderSettings",
    "GatewaySettings",
    "HubSettings",
    "MqttSettings",
    "PortSettings",
    "ReaderSettings",
    "RecordSettings",
    "SensorSettings",
    "Settings",
    "TopicSettings",
    "UpdateSettings",
    "WitnessSettings",
    "describe",
    "load",
    "parse",
    "sample_settings",
]
