"""The uplink over AMQP 0-9-1 (RabbitMQ 3.10 to 4).

uplink     all of it together
live       the newest record, once
backlog    the oldest records, many to a message
beats      what the gateway says about itself, and the answers
dialling   tries side by side until the broker speaks
line       one connection
outlet     one channel, on which each publish ends in one of five words
keeping    a lane's channel, opened again when the broker closes it
faults     what a technician should know of the link
address    where the broker is, and as whom to knock there
tls        judging a certificate on a machine that may not know what time it is
"""

from .address import Address, address
from .uplink import AmqpUplink

__all__ = ["Address", "AmqpUplink", "address"]
