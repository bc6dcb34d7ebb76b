"""The hostile tests' own shop sells: what they try to break works when nobody breaks it."""

from collections.abc import AsyncIterator

import pytest

from .kit import House, opened


@pytest.fixture(scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    async with opened(tmp_path_factory.mktemp("house")) as made:
        yield made


async def test_an_order_of_two_merchants_goes_its_whole_way(house: House) -> None:
    placed = await house.bought(TEA=2, LAMP=1)
    order = await house.order(placed["number"])
    assert (order["state"], order["payment"], len(order["children"])) == ("to_ship", "paid", 2)
    for child in (1, 2):
        shipment = await house.ship(placed["number"], child)
        await house.travel(shipment["waybill"])
    order = await house.order(placed["number"], "owner")
    assert (order["state"], order["can"]) == ("delivered", ["confirm_receipt"])
    done = await house.api("POST", f"/orders/{placed['number']}/receipt", "owner", json={})
    assert done.json()["state"] == "completed"
