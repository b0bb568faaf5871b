"""What a technician asks when something is wrong: each fault by name, with its fix.

faults     the table of all faults: name, meaning, fix
patient    what is examined, and what an examination finds
examination  all examinations in their order
here       settings, agent, disk, buffer, card, clock
hub        name, connection, certificate, login, a message and its confirm
radio      D-Bus, BlueZ, adapters
serial_ports  there, allowed, and nobody else's
power      the power test
card       the medium under the buffer: room, and how long it will last
"""
