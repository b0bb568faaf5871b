"""Result files of timing computers and federations: bytes in, one neutral shape out.

model    the shape
reading  which format it is, by what is in it, and its reader
lif evt live  FinishLynx: results, start lists, live feed
lenex    Lenex 3, plain or zipped
iof      IOF XML 3.0
colorado Colorado Dolphin .do4
alge fis classement of ALGE timers; FIS timing XML
football openfootball, football-data.org
hy3 sdif swimming in the Americas
csv_results  tables, by a mapping
neutral  the shape itself, as JSON
"""
