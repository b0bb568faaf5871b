"""Timers and tag readers on the local network: their passings and events become impulses.

source       all readers of the settings
reader       one of them: connects, fetches what is new, again and again
place        how far each was read, across restarts
race_result  RACE RESULT decoders, TCP
alpenhunde   Alpenhunde timers, HTTP
llrp         RFID readers, LLRP
"""

from .source import ReaderSource

__all__ = ["ReaderSource"]
