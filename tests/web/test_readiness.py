"""`/readyz` of a whole process: it names what is missing, and is well again once that is mended."""

from pathlib import Path
from typing import Any

from jishi.kernel.config import Config
from jishi.process import application, opened

from .kit import browser

LATE = "UPDATE alembic_version SET version_num = '{}' WHERE version_num = '{}'"


async def test_ready_names_a_silent_database_late_migrations_and_a_lost_lease(tmp_path: Path) -> None:
    async with opened(Config(data=str(tmp_path)), relay=False) as running, browser(application(running)) as http:

        async def missing() -> list[str]:
            got = await http.get("/readyz")
            assert got.status_code == (503 if "missing" in got.json() else 200)
            return list(got.json().get("missing", []))

        shop, keys = running.engines["default"], running.engines["people.keys"]
        keeper: Any = running.shop.search.keeper  # type: ignore[attr-defined]
        await keeper.catch_up()
        await keeper.builder  # the first index is built
        assert await missing() == []
        await shop.script([LATE.format("trade_orders_0000", "trade_orders_0001")])
        assert await missing() == ["migrations of trade_orders"]
        await shop.script([LATE.format("trade_orders_0001", "trade_orders_0000")])
        running.lease.lost = True
        await keys.close()
        assert await missing() == ["database people.keys", "lease of the node"]
        await keys.open()
        running.lease.lost = False
        assert await missing() == []


async def test_production_has_no_page_of_the_sandbox(tmp_path: Path) -> None:
    async with opened(Config(data=str(tmp_path)), relay=False) as running:
        async with browser(application(running)) as http:
            assert (await http.get("/en/mailbox")).status_code == 200
        running.config = Config(mode="production", data=str(tmp_path))
        async with browser(application(running)) as http:
            assert (await http.get("/en/mailbox")).status_code == 404
