"""What the demo shop sells: three merchants in three warehouses, and about forty products in two languages."""

from __future__ import annotations

from msgspec import Struct

from jishi.kernel.place import Region, Text

from .pictures import Look


def both(zh: str, en: str) -> Text:
    return {"zh-CN": zh, "en": en}


class DemoMerchant(Struct, frozen=True):
    handle: str
    names: Text
    tax_id: str
    warehouse: str
    free_from: int  # minor CNY
    first: int
    more: int


class DemoWarehouse(Struct, frozen=True):
    code: str
    names: Text
    region: Region


class DemoValue(Struct, frozen=True):
    """A value of an option. `extra` is added to the price (minor CNY); colours change the picture."""

    code: str
    names: Text
    extra: int = 0
    colours: tuple[str, str] | None = None


class DemoOption(Struct, frozen=True):
    code: str
    names: Text
    values: tuple[DemoValue, ...]


class DemoProduct(Struct, frozen=True):
    handle: str
    merchant: str
    category: str
    look: Look
    beside: str  # handle of what stands beside it in the second picture
    names: Text
    summaries: Text
    story: tuple[Text, ...]  # paragraphs
    price: int  # minor CNY
    weight_g: int
    stock: int
    was: int = 0
    options: tuple[DemoOption, ...] = ()
    specs: tuple[tuple[Text, Text], ...] = ()
    tax_class: str = "standard"


WAREHOUSES = (
    DemoWarehouse("hz", both("杭州仓", "Hangzhou warehouse"), Region("CN", "浙江省", "杭州市", "余杭区", "311100")),
    DemoWarehouse("nd", both("宁德仓", "Ningde warehouse"), Region("CN", "福建省", "宁德市", "蕉城区", "352100")),
    DemoWarehouse("sz", both("深圳仓", "Shenzhen warehouse"), Region("CN", "广东省", "深圳市", "宝安区", "518100")),
)

MERCHANTS = (
    DemoMerchant("pomelo", both("青柚生活", "Pomelo Living"), "91330100MA2DEMO010", "hz", 9900, 800, 400),
    DemoMerchant("shanyin", both("山隐茶器", "Shanyin Tea"), "91350900MA2DEMO029", "nd", 19900, 800, 300),
    DemoMerchant("farroad", both("远行户外", "Far Road Outdoor"), "91440300MA2DEMO038", "sz", 29900, 1200, 600),
)

CATEGORIES = (
    ("tea", both("杯壶茶器", "Tea & drinkware"), "coffee"),
    ("wear", both("服饰鞋包", "Clothes & bags"), "shirt"),
    ("tech", both("数码电器", "Electronics"), "headphones"),
    ("home", both("家居灯具", "Home & lamps"), "lamp"),
    ("baby", both("母婴玩具", "Baby & toys"), "baby"),
    ("books", both("图书文创", "Books & paper"), "book-open"),
    ("food", both("食品茶叶", "Tea & food"), "apple"),
    ("pets", both("宠物", "Pets"), "paw-print"),
    ("outdoor", both("运动户外", "Sport & outdoor"), "dumbbell"),
    ("care", both("洗护", "Body care"), "droplet"),
)

PALETTE: dict[str, tuple[str, str, Text]] = {
    "pomelo": ("#9dbb68", "#4f6b2a", both("柚绿", "Pomelo green")),
    "sea": ("#8fb4cc", "#3a6480", both("海盐蓝", "Sea-salt blue")),
    "persimmon": ("#d87a5c", "#8f3a20", both("柿红", "Persimmon")),
    "ink": ("#55606b", "#2d353d", both("墨色", "Ink")),
    "cream": ("#f4efe6", "#c9b99f", both("米白", "Off-white")),
    "indigo": ("#31506b", "#1d3145", both("靛蓝", "Indigo")),
    "clay": ("#a45a3c", "#6d3520", both("紫砂", "Clay")),
    "moss": ("#5f7d6c", "#38503f", both("苔绿", "Moss")),
    "plum": ("#8d6f9c", "#54406a", both("梅紫", "Plum")),
    "sand": ("#d9c3a0", "#7b5f3a", both("沙色", "Sand")),
    "rose": ("#e0a2a0", "#a65e62", both("豆沙粉", "Dusty rose")),
    "amber": ("#d9a03f", "#94651a", both("琥珀", "Amber")),
    "brick": ("#b5473a", "#6e241c", both("砖红", "Brick red")),
    "slate": ("#6b6f86", "#3f4257", both("石板灰", "Slate grey")),
    "walnut": ("#b98556", "#6b4526", both("胡桃木", "Walnut")),
}


def look(shape: str, colour: str, ground: str) -> Look:
    c, d, _ = PALETTE[colour]
    return Look(shape, c, d, ground)


def colours(*codes: str) -> DemoOption:
    values = tuple(DemoValue(c, PALETTE[c][2], colours=PALETTE[c][:2]) for c in codes)
    return DemoOption("colour", both("颜色", "Colour"), values)


def sizes(*values: tuple[str, str, str, int], code: str = "size", zh: str = "规格", en: str = "Size") -> DemoOption:
    return DemoOption(code, both(zh, en), tuple(DemoValue(c, both(z, e), x) for c, z, e, x in values))


def spec(zh: str, en: str, zh_value: str, en_value: str) -> tuple[Text, Text]:
    return both(zh, en), both(zh_value, en_value)
