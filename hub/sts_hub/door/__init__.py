"""The door for gateways that come over HTTPS: the same messages, beats and answers as over the broker.

app       the four requests: enrol, me, records, beat
keys      who is knocking
intake    what becomes of what they bring
broker    with a broker: it goes there, in the gateway's name
alone     without one: it is stored here and now
"""
