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
    PortSettings,
    RecordSettings,
    SensorSettings,
    Settings,
    WitnessSettings,
)

__all__ = [
    "BluetoothSettings",
    "BufferSettings",
    "ClockSettings",
    "ConfigError",
    "Fault",
    "GatewaySettings",
    "HubSettings",
    "PortSettings",
    "RecordSettings",
    "SensorSettings",
    "Settings",
    "WitnessSettings",
    "describe",
    "load",
    "parse",
    "sample_settings",
]
