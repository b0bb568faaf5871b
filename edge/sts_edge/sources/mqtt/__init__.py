"""Sensors of others that publish to an MQTT broker: only the topics of the settings are subscribed and read.

source   all topics: from messages to packets
topics   which message is whose, and what becomes of its payload
payload  from bytes to numbers
client   the connection
redelivery  what comes again over a new connection, told from what never arrived
unacknowledged  what was handed on and not acknowledged, across a kill
"""

from .source import MqttSource
from .unacknowledged import Unacknowledged

__all__ = ["MqttSource", "Unacknowledged"]
