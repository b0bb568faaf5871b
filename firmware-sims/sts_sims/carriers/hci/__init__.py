"""Simulated sensors behind a virtual Bluetooth controller: what they say goes through real HCI, L2CAP and ATT.

    chip        a virtual controller, the radio of one adapter or sensor
    sensors     sensors as GATT servers, each on a chip of its own
    datagrams   a chip as the adapter of somebody else's kernel, by UDP

The stack is google/bumble, which only the extra `dev` brings: this carrier is for tests. Whatever hears these
sensors (bumble's own host, or BlueZ on a real kernel) stands on another chip of the same link. Signals here never
fade and no packet is lost; a link is lost only by `Chip.lose`.
"""
