"""The uplink over HTTPS: the same messages, beats and answers, for sites that let nothing else through.

line       one kept-alive connection, one request at a time
outlet     what an answer means for the records of a request, and for a beat
address    where the hub is, and as whom to knock there
"""

from .address import Address, address

__all__ = ["Address", "address"]
