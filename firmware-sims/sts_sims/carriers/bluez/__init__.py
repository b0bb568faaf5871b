"""A stand-in for bluetoothd: owns `org.bluez` on a private D-Bus and answers as BlueZ 5.66 does.

Whatever speaks to BlueZ over D-Bus can be tried against it unchanged, without a radio and without privileges:

    tree        the D-Bus objects and their properties, the only truth about what exists
    device      one remote sensor: links, services, notify registrations
    adapter     one adapter: power, discovery, adverts, expiry of devices
    methods     the table of D-Bus methods that are answered
    faults      what goes wrong on order
    outbox      everything leaves through one paced queue
    daemon      the connection to the bus

It was our belief about BlueZ until the real one was tried, version 5.66 on Linux 6.1. What differed became a rule;
`tests/radio_rules.py` and `tests/radio_situations.py` hold both to the same table (`make test-bluez`):

    generic services   0x1801 is shown with its three characteristics; 0x1800 only in the device's UUIDs, sorted
    connect            answered when the link stands; services, UUIDs and ServicesResolved are told behind the answer
    battery            a battery service is read by bluetoothd itself and shown as Battery1 beside the device
    no link            a sensor that is silent, or a controller without a free slot: Connect is answered after 40 s,
                       le-connection-abort-by-local, without a flip of Connected; a second Connect meanwhile is
                       Failed "Operation already in progress"; Disconnect ends it, br-connection-canceled
    disconnect         takes 2 s and is told in two signals; a loss in one; without a link it is answered at once
    registrations      StartNotify again is no error; after a loss it is InProgress, a new one waits for the next link;
                       AcquireNotify beside a registration is InProgress; Notifying is told only when it changes
    reads and writes   without a link Failed "Not connected"; a write of a type that nothing allows is NotSupported
    known devices      one that was asked to connect stays known although that failed; RemoveDevice of an unknown one
                       is DoesNotExist
    power off          links are told lost first, devices that never had one are dropped, Set is answered, and then
                       Powered and Discovering change in one signal; Connect is Failed "Input/output error"

Not copied: the property MTU leaves a characteristic with the link, and the texts of GDBus for unknown objects.
"""
