"""A light gate on a Raspberry Pi Pico: an impulse whenever the beam on pin 2 is broken."""

import time

from machine import UART, Pin
from sts_pod import Pod

DEAD_TIME_US = 200_000  # a runner's arm and trunk break the beam one after the other

pod = Pod(UART(0, baudrate=115_200))
beam = Pin(2, Pin.IN, Pin.PULL_UP)
since_us = 0
last_us = time.ticks_us()
told_us = -DEAD_TIME_US

while True:
    now_us = time.ticks_us()
    since_us += time.ticks_diff(now_us, last_us)
    last_us = now_us
    if not beam.value() and since_us - told_us > DEAD_TIME_US:
        told_us = since_us
        pod.impulse(since_us // 100, 1)
