"""A stand-in for bluetoothd: owns `org.bluez` on a private D-Bus and answers as BlueZ 5.66 does.

Whatever speaks to BlueZ over D-Bus can be tried against it unchanged, without a radio and without privileges:

    tree        the D-Bus objects and their properties, the only truth about what exists
    device      one remote sensor: links, services, notify registrations
    adapter     one adapter: power, discovery, adverts, expiry of devices
    methods     the table of D-Bus methods that are answered
    faults      what goes wrong on order
    outbox      everything leaves through one paced queue
    daemon      the connection to the bus

It is our belief about BlueZ. Where the real one was seen, the rule says so with the observation.
"""
