"""One product with ten thousand choices: a blind that is made to measure."""

from __future__ import annotations

import asyncio
from itertools import islice, product as combinations
from random import Random

from jishi.goods.catalog import Option, OptionValue, Product, PutProduct, PutSkus, SkuDraft
from jishi.goods.inventory import Receive, StockKey
from jishi.goods.pricing import PriceQuery, SetPrices
from jishi.web.faces import Shop

from .fill import STAFF, House, prices, stable
from .goods import PALETTE, DemoOption, DemoProduct, DemoValue, both, colours, look, sizes, spec

FABRICS = ("cream", "sand", "pomelo", "sea", "rose", "slate", "clay", "moss", "plum", "indigo")
WIDTHS = tuple((f"w{cm}", f"宽 {cm} cm", f"{cm} cm wide", 900 * n) for n, cm in enumerate(range(60, 260, 10)))
DROPS = tuple((f"h{cm}", f"高 {cm} cm", f"{cm} cm high", 700 * n) for n, cm in enumerate((100, 130, 160, 190, 220)))
MOUNTS = (
    ("wall", "墙装", "On the wall", 0),
    ("ceiling", "顶装", "On the ceiling", 0),
    ("niche", "窗内装", "In the niche", 400),
    ("clip", "免打孔夹", "Clipped, no drilling", 1200),
    ("motor", "电动", "Motor", 26000),
)
SIDES = (("left", "左侧拉绳", "Cord on the left", 0), ("right", "右侧拉绳", "Cord on the right", 0))
BLIND = DemoProduct(
    "made-to-measure-blind", "nordwind", "decor", look("blind", "sand", "#f5eddf"), "desk-plant",
    both("定制百叶帘，十色可选，按窗户做", "Made-to-measure blind in ten fabrics"),
    both("量好窗户，剩下的交给我们。", "Measure the window; we do the rest."),
    (both("铝合金上梁，可换的织物叶片，拉绳带儿童安全扣。宽度每 10 厘米一档，收到不合适，裁好再寄。", "An aluminium rail, slats of fabric that can be changed, and a cord with a child-safe catch. Widths come in steps of 10 cm; if it does not fit, we cut another."),
     both("五种安装方式，最懒的一种不用打孔。电动款充一次电用半年。", "Five ways to mount it, the laziest without a drill. The motor runs half a year on a charge.")),
    12900, 1800, 4000, 0,
    (colours(*FABRICS), sizes(*WIDTHS, code="width", zh="宽度", en="Width"), sizes(*DROPS, code="drop", zh="高度", en="Drop"),
     sizes(*MOUNTS, code="mount", zh="安装", en="Mounting"), sizes(*SIDES, code="cord", zh="拉绳", en="Cord")),
    (spec("工期", "Made in", "3–5 天", "3 to 5 days"),),
    brand="nordwind", facts={"material": "aluminium", "room": "living"},
)  # fmt: skip
A_COMMAND = 500
IN_HOUSE = 0.88  # of the choices there are some in the house
AT_ONCE = 50  # receipts that share commits


def choices(options: tuple[DemoOption, ...]) -> list[tuple[DemoValue, ...]]:
    return list(combinations(*[o.values for o in options]))


async def put_matrix(shop: Shop, house: House) -> Product:
    """The blind with all its choices, their prices, and some of them in the house; goes on where it was."""
    merchant, warehouses = house.of(BLIND.merchant)
    every = iter(choices(BLIND.options))
    first = list(islice(every, A_COMMAND))
    made = await shop.catalog.put(STAFF, _draft(merchant, first))
    await _offer(shop, made, first, merchant, warehouses[0])
    while part := list(islice(every, A_COMMAND)):
        made = await shop.catalog.put_skus(STAFF, PutSkus(made.id, [_sku(chosen) for chosen in part]))
        await _offer(shop, made, part, merchant, warehouses[0])
    return made


def _draft(merchant: int, first: list[tuple[DemoValue, ...]]) -> PutProduct:
    return PutProduct(
        merchant,
        BLIND.handle,
        BLIND.names,
        BLIND.summaries,
        {locale: "".join(f"<p>{p[locale]}</p>" for p in BLIND.story) for locale in BLIND.names},
        BLIND.category,
        BLIND.brand,
        [
            Option(
                o.code,
                o.names,
                [OptionValue(v.code, v.names, PALETTE[v.code][0] if v.colours else "") for v in o.values],
            )
            for o in BLIND.options
        ],
        [_sku(chosen) for chosen in first],
        list(BLIND.specs),
        origin="DE",
        facts=dict(BLIND.facts),
        more=True,
    )


def _sku(chosen: tuple[DemoValue, ...]) -> SkuDraft:
    values = {o.code: v.code for o, v in zip(BLIND.options, chosen, strict=True)}
    return SkuDraft("-".join(("BLIND", *values.values())).upper(), values, BLIND.weight_g)


async def _offer(shop: Shop, made: Product, part: list[tuple[DemoValue, ...]], merchant: int, warehouse: int) -> None:
    by_code = {sku.code: sku for sku in made.skus}
    mine = [(by_code[_sku(chosen).code], sum(v.extra for v in chosen)) for chosen in part]
    for start in range(0, len(mine), 80):
        rows = mine[start : start + 80]
        known = {p.listing_id for p in (await shop.pricing.prices(STAFF, PriceQuery([s.listing_id for s, _ in rows]))).rows}  # fmt: skip
        drafts = [
            d for s, extra in rows if s.listing_id not in known for d in prices(s.listing_id, BLIND.price + extra)
        ]
        if drafts:
            await shop.pricing.set_prices(STAFF, SetPrices(merchant, drafts))
    receipts = []
    for sku, _ in mine:
        r = Random(sku.code)
        if r.random() < IN_HOUSE:
            key = StockKey(sku.components[0].stock_item_id, warehouse, merchant)
            receipts.append(Receive(stable(f"demo:{sku.code}"), key, r.randint(1, 4)))
    for start in range(0, len(receipts), AT_ONCE):
        await asyncio.gather(*[shop.inventory.receive(STAFF, one) for one in receipts[start : start + AT_ONCE]])
