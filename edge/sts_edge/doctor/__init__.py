"""What a technician asks when something is wrong: each fault by name, with its fix.

card       the medium under the buffer: room, and how long it will last
"""
