"""Decoders of GATT characteristics, written from the Bluetooth SIG's GATT Specification Supplement."""
