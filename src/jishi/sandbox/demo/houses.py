"""Who sells in the demo shop, and from where: four merchants, six warehouses in three countries."""

from __future__ import annotations

from msgspec import Struct

from jishi.kernel.place import Region, Text

from .goods import both


class DemoMerchant(Struct, frozen=True):
    """`warehouses`: the first holds everything, the others a part. Freight in minor units of CNY."""

    handle: str
    names: Text
    tax_id: str
    warehouses: tuple[str, ...]
    free_from: int
    first: int
    more: int
    country: str = "CN"


class DemoWarehouse(Struct, frozen=True):
    code: str
    names: Text
    region: Region


WAREHOUSES = (
    DemoWarehouse("hz", both("杭州仓", "Hangzhou warehouse"), Region("CN", "浙江省", "杭州市", "余杭区", "311100")),
    DemoWarehouse("nd", both("宁德仓", "Ningde warehouse"), Region("CN", "福建省", "宁德市", "蕉城区", "352100")),
    DemoWarehouse("sz", both("深圳仓", "Shenzhen warehouse"), Region("CN", "广东省", "深圳市", "宝安区", "518100")),
    DemoWarehouse("cd", both("成都仓", "Chengdu warehouse"), Region("CN", "四川省", "成都市", "双流区", "610200")),
    DemoWarehouse("hh", both("汉堡仓", "Hamburg warehouse"), Region("DE", "Hamburg", "Hamburg", "", "21129")),
    DemoWarehouse("la", both("洛杉矶仓", "Los Angeles warehouse"), Region("US", "CA", "Carson", "", "90745")),
)

MERCHANTS = (
    DemoMerchant("pomelo", both("青柚生活", "Pomelo Living"), "91330100MA2DEMO010", ("hz", "cd"), 9900, 800, 400),
    DemoMerchant("shanyin", both("山隐茶器", "Shanyin Tea"), "91350900MA2DEMO029", ("nd",), 19900, 800, 300),
    DemoMerchant("farroad", both("远行户外", "Far Road Outdoor"), "91440300MA2DEMO038", ("sz", "la"), 29900, 1200, 600),
    DemoMerchant("nordwind", both("北风之家", "Nordwind"), "91310000MA2DEMO061", ("hh", "cd"), 39900, 1500, 700),
)

SOLD_OUT = frozenset(
    (
        "celadon-wine-set",
        "down-parka",
        "osmanthus-cakes",
        "cot-beech",
        "wild-tea-en",
        "bird-feeder-cam",
        "silk-scarf-square",
    )
)  # the whole product
LAST_GONE = frozenset(
    ("walking-shoes", "trail-boots", "merino-base-layer", "padded-harness", "wide-denim", "fleece-hoodie")
)
# its last choice alone
