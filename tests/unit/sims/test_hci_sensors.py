"""Sensors on virtual controllers: there, and gone."""

import asyncio

import pytest
from bumble.device import Device, DeviceConfiguration

from bluetooth_air import until
from radio_carriers import ADDRESSES, CENTRAL, straps_on
from sts_sims.carriers.hci.chip import Air as VirtualAir
from sts_sims.carriers.hci.chip import Chip
from sts_sims.carriers.hci.sensors import ADVERT_INTERVAL_S, make_host


@pytest.mark.parametrize("is_linked", [False, True])
async def test_a_sensor_that_is_switched_off_is_heard_no_more(is_linked: bool) -> None:
    """Also amid a link, whose end would have it advertise anew."""
    air, heard = VirtualAir(), []
    central = DeviceConfiguration(name="central", address=CENTRAL)
    host = Device(config=central, host=make_host(Chip("central", air)))
    await host.power_on()
    host.on("advertisement", heard.append)
    async with straps_on(air):
        if is_linked:
            await host.connect(ADDRESSES["hr-01"])
    await host.start_scanning(filter_duplicates=False)
    await asyncio.sleep(5 * ADVERT_INTERVAL_S)
    assert heard == []
    async with straps_on(air):
        await until(lambda: len(heard) >= 5)
    await host.power_off()
