"""The uplink over AMQP 0-9-1 (RabbitMQ 3.10 to 4).

line       one connection
outlet     one channel, on which each publish ends in one of five words
address    where the broker is, and as whom to knock there
"""

from .address import Address, address

__all__ = ["Address", "address"]
