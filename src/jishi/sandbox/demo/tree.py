"""The demo's categories, their attributes and the brands: what a shelf may name.

**Our drawings** for `look(shape, colour, ground)`, as `drawings*.py` has them:
flask cup mug pot kyusu gaiwan glass teacake tin jar coffee bowl bottle candle lamp pump soap towel pillow plant book
notebook rings blocks bear headphones speaker camera keyboard powerbank watch shoe scarf backpack beanie cap socks tent
umbrella.
Those below bear the picture of a thing (`motif="chestnut"`) on their label, cover or front; without one they are plain:
pouch box carton tube spray dropper can sack tin jar book notebook mug tee hoodie bib tote poster puzzle plate cushion
blanket rug phonecase crate canister.
And plain ones: curtain blind printer monitor tablet laptop earbuds charger cable router pan kettle grinder dripper vase
diffuser board rack dumbbell mat rope leash collar harness cattree litterbox petbed crib stroller wallet belt trousers
dress parka suitcase sleepingbag stove lantern bikelight pedal saddle.

**Things** for `thing(name, ground)`: `things.NAMES`."""

from __future__ import annotations

from msgspec import Struct

from jishi.kernel.place import Text

from .goods import both


class DemoCategory(Struct, frozen=True):
    code: str
    names: Text
    icon: str  # lucide's
    parent: str = ""


class DemoAttribute(Struct, frozen=True):
    """`values`: (code, names), of a choice; a number has a unit. It belongs to `categories` and all below them."""

    code: str
    names: Text
    categories: tuple[str, ...]
    kind: str = "choice"  # choice, number, flag
    unit: str = ""
    values: tuple[tuple[str, Text], ...] = ()
    facet: bool = True


def _top(code: str, zh: str, en: str, icon: str, *leaves: tuple[str, str, str, str]) -> tuple[DemoCategory, ...]:
    below = (DemoCategory(c, both(z, e), i, code) for c, z, e, i in leaves)
    return (DemoCategory(code, both(zh, en), icon), *below)


CATEGORIES: tuple[DemoCategory, ...] = (
    *_top(
        "tea", "杯壶茶器", "Tea & drinkware", "coffee",
        ("teaware", "茶器", "Teaware", "leaf"),
        ("drinkware", "杯壶", "Cups & flasks", "cup-soda"),
        ("coffee-gear", "咖啡器具", "Coffee gear", "coffee"),
    ),
    *_top(
        "wear", "服饰鞋包", "Clothes & bags", "shirt",
        ("clothes", "服装", "Clothing", "shirt"),
        ("shoes", "鞋袜", "Shoes & socks", "footprints"),
        ("bags", "箱包", "Bags & luggage", "backpack"),
        ("accessories", "配饰", "Hats, scarves & more", "watch"),
    ),
    *_top(
        "tech", "数码电器", "Electronics", "headphones",
        ("audio", "音频", "Audio", "headphones"),
        ("computing", "电脑办公", "Computing & office", "monitor-smartphone"),
        ("gadgets", "智能数码", "Phones, cameras & gadgets", "camera"),
    ),
    *_top(
        "home", "家居生活", "Home & living", "lamp",
        ("lighting", "灯具香薰", "Lamps & candles", "lamp"),
        ("textiles", "家纺", "Home textiles", "bed"),
        ("decor", "装饰绿植", "Decor & plants", "flower-2"),
        ("kitchen", "厨房", "Kitchen", "cooking-pot"),
    ),
    *_top(
        "baby", "母婴玩具", "Baby & toys", "baby",
        ("feeding", "喂养", "Feeding", "milk"),
        ("nursery", "婴童护理与出行", "Nursery & on the go", "baby"),
        ("toys", "玩具", "Toys", "blocks"),
    ),
    *_top(
        "books", "图书文创", "Books & paper", "book-open",
        ("reading", "图书", "Books", "book-open"),
        ("stationery", "文具", "Stationery", "pencil"),
    ),
    *_top(
        "food", "食品茶叶", "Tea & food", "apple",
        ("leaf-tea", "茶叶", "Leaf tea", "leaf"),
        ("coffee", "咖啡", "Coffee", "bean"),
        ("snacks", "零食", "Snacks & sweets", "cookie"),
        ("pantry", "粮油蜜酱", "Pantry", "wheat"),
    ),
    *_top(
        "pets", "宠物", "Pets", "paw-print",
        ("dogs", "狗狗", "Dogs", "dog"),
        ("cats", "猫咪", "Cats", "cat"),
    ),
    *_top(
        "outdoor", "运动户外", "Sport & outdoor", "dumbbell",
        ("camping", "露营徒步", "Camping & hiking", "tent"),
        ("fitness", "健身球类", "Fitness & ball games", "dumbbell"),
        ("cycling", "骑行", "Cycling", "bike"),
    ),
    *_top(
        "care", "洗护", "Body care", "droplet",
        ("skin", "护肤", "Skin care", "droplet"),
        ("bath", "沐浴洗护", "Bath & hair", "bath"),
    ),
)  # fmt: skip
LEAVES: frozenset[str] = frozenset(c.code for c in CATEGORIES if c.parent)


def _values(*rows: str) -> tuple[tuple[str, Text], ...]:
    """Each row: "code 中文 English words"."""
    split = (row.split(" ", 2) for row in rows)
    return tuple((code, both(zh, en)) for code, zh, en in split)


_WORN = ("clothes", "shoes", "accessories", "bags")
ATTRIBUTES: tuple[DemoAttribute, ...] = (
    DemoAttribute(
        "material", both("材质", "Material"), ("tea", "wear", "home", "baby", "pets", "outdoor", "stationery"),
        values=_values(
            "steel 不锈钢 Stainless steel", "iron 铸铁 Cast iron", "aluminium 铝 Aluminium", "titanium 钛 Titanium",
            "brass 黄铜 Brass", "pewter 锡 Pewter", "glass 玻璃 Glass", "ceramic 陶瓷 Ceramic", "clay 陶土 Clay",
            "stone 石材 Stone", "wood 实木 Wood", "bamboo 竹 Bamboo", "rattan 藤草 Rattan and straw", "cork 软木 Cork",
            "cotton 棉 Cotton", "linen 亚麻 Linen", "wool 羊毛 Wool", "silk 真丝 Silk", "down 羽绒 Down",
            "polyester 聚酯纤维 Polyester", "nylon 尼龙 Nylon", "canvas 帆布 Canvas", "leather 皮革 Leather",
            "felt 毛毡 Felt", "silicone 硅胶 Silicone", "rubber 橡胶 Rubber", "plastic 塑料 Plastic", "ppsu PPSU PPSU",
            "paper 纸 Paper", "wax 植物蜡 Plant wax",
        ),
    ),
    DemoAttribute("capacity", both("容量", "Capacity"), ("tea", "feeding", "kitchen", "bath", "skin"), "number", "ml"),
    DemoAttribute("dishwasher", both("可进洗碗机", "Dishwasher safe"), ("tea", "kitchen", "feeding"), "flag"),
    DemoAttribute("insulated", both("保温", "Keeps warm"), ("drinkware", "teaware", "coffee-gear", "feeding"), "flag"),
    DemoAttribute("handmade", both("手工制作", "Made by hand"), ("tea", "decor", "lighting", "stationery"), "flag"),
    DemoAttribute(
        "for-whom", both("适用人群", "For"), _WORN,
        values=_values("women 女士 Women", "men 男士 Men", "all 男女皆宜 Everyone", "children 儿童 Children"),
    ),
    DemoAttribute(
        "season", both("季节", "Season"), ("clothes", "shoes", "accessories", "textiles"),
        values=_values("spring 春秋 Spring and autumn", "summer 夏 Summer", "winter 冬 Winter", "any 四季 All year"),
    ),
    DemoAttribute("volume", both("容积", "Volume"), ("bags", "camping"), "number", "l"),
    DemoAttribute(
        "water", both("防水等级", "Water protection"), ("tech", "bags", "camping", "cycling", "accessories"),
        values=_values("none 不防水 None", "splash 防泼水 Splash-proof", "rain 防雨 Rain-proof", "ip67 IP67 IP67",
                       "ip68 IP68 IP68", "dive 100米防水 100 m"),
    ),
    DemoAttribute("battery", both("续航", "Battery life"), ("audio", "gadgets", "computing", "cycling"), "number", "h"),
    DemoAttribute("wireless", both("无线", "Wireless"), ("audio", "computing", "gadgets"), "flag"),
    DemoAttribute("noise-cancelling", both("主动降噪", "Noise cancelling"), ("audio",), "flag"),
    DemoAttribute(
        "port", both("接口", "Port"), ("tech",),
        values=_values("usb-c USB-C USB-C", "usb-a USB-A USB-A", "hdmi HDMI HDMI", "jack 3.5毫米 3.5 mm jack",
                       "none 无 None"),
    ),
    DemoAttribute("power", both("功率", "Power"), ("tech", "lighting", "kitchen", "coffee-gear"), "number", "W"),
    DemoAttribute("dimmable", both("可调光", "Dimmable"), ("lighting",), "flag"),
    DemoAttribute(
        "room", both("空间", "Room"), ("home",),
        values=_values("living 客厅 Living room", "bedroom 卧室 Bedroom", "study 书房 Study", "kitchen 厨房 Kitchen",
                       "bathroom 浴室 Bathroom", "balcony 阳台 Balcony"),
    ),
    DemoAttribute(
        "age", both("适用年龄", "Age"), ("baby",),
        values=_values("0m 新生儿 From birth", "6m 6个月以上 From 6 months", "12m 1岁以上 From 1 year",
                       "3y 3岁以上 From 3 years", "6y 6岁以上 From 6 years"),
    ),
    DemoAttribute("pages", both("页数", "Pages"), ("books",), "number", "", facet=False),
    DemoAttribute(
        "language", both("语言", "Language"), ("reading",),
        values=_values("zh 中文 Chinese", "en 英文 English", "both 中英双语 Chinese and English", "none 无字书 Without words"),
    ),
    DemoAttribute(
        "binding", both("装帧", "Binding"), ("books",),
        values=_values("hard 精装 Hardback", "soft 平装 Paperback", "board 纸板书 Board book", "coil 线圈 Coil",
                       "thread 线装 Thread-sewn"),
    ),
    DemoAttribute(
        "subject", both("题材", "Subject"), ("reading",),
        values=_values("fiction 小说 Fiction", "picture 绘本 Picture book", "food 饮食 Food and drink", "nature 自然 Nature",
                       "art 艺术 Art and design", "travel 旅行 Travel", "science 科普 Science", "parenting 育儿 Parenting"),
    ),
    DemoAttribute(
        "tea-kind", both("茶类", "Kind of tea"), ("leaf-tea",),
        values=_values("green 绿茶 Green", "white 白茶 White", "yellow 黄茶 Yellow", "oolong 乌龙 Oolong", "black 红茶 Black",
                       "dark 黑茶 Dark", "scented 花茶 Scented", "herbal 代用茶 Herbal"),
    ),
    DemoAttribute(
        "roast", both("烘焙度", "Roast"), ("coffee",),
        values=_values("light 浅烘 Light", "medium 中烘 Medium", "dark 深烘 Dark"),
    ),
    DemoAttribute(
        "taste", both("口味", "Taste"), ("snacks", "pantry", "coffee"),
        values=_values("sweet 甜 Sweet", "salty 咸 Salty", "spicy 辣 Spicy", "sour 酸 Sour", "nutty 坚果香 Nutty",
                       "fruity 果香 Fruity", "plain 原味 Plain"),
    ),
    DemoAttribute(
        "region", both("产地", "Grown in"), ("food",),
        values=_values("fujian 福建 Fujian", "yunnan 云南 Yunnan", "zhejiang 浙江 Zhejiang", "anhui 安徽 Anhui",
                       "guangdong 广东 Guangdong", "sichuan 四川 Sichuan", "jilin 吉林 Jilin", "heilongjiang 黑龙江 Heilongjiang",
                       "xinjiang 新疆 Xinjiang", "shandong 山东 Shandong", "taiwan 台湾 Taiwan", "germany 德国 Germany",
                       "italy 意大利 Italy", "ethiopia 埃塞俄比亚 Ethiopia", "brazil 巴西 Brazil", "other 其他 Elsewhere"),
    ),
    DemoAttribute("organic", both("有机", "Organic"), ("food", "care", "baby"), "flag"),
    DemoAttribute("vegan", both("纯素", "Vegan"), ("food", "care"), "flag"),
    DemoAttribute(
        "pet-size", both("体型", "Size of the animal"), ("pets",),
        values=_values("small 小型 Small", "medium 中型 Medium", "large 大型 Large", "any 不限 Any"),
    ),
    DemoAttribute(
        "pet-age", both("年龄段", "Stage of life"), ("pets",),
        values=_values("young 幼年 Young", "adult 成年 Adult", "senior 老年 Senior", "any 全年龄 Any"),
    ),
    DemoAttribute("persons", both("适用人数", "Persons"), ("camping", "toys"), "number", ""),
    DemoAttribute(
        "level", both("水平", "Level"), ("fitness", "cycling"),
        values=_values("beginner 入门 Beginner", "regular 进阶 Regular", "expert 专业 Expert"),
    ),
    DemoAttribute(
        "skin", both("适用肤质", "Skin"), ("care",),
        values=_values("all 所有肤质 All skin", "dry 干性 Dry", "oily 油性 Oily", "sensitive 敏感 Sensitive"),
    ),
    DemoAttribute("scent-free", both("无香精", "Free of perfume"), ("care", "baby"), "flag"),
)  # fmt: skip

BRANDS: dict[str, Text] = {
    code: both(zh, en)
    for code, zh, en in (
        ("pomelo", "青柚", "Pomelo"),
        ("shanyin", "山隐", "Shanyin"),
        ("farroad", "远行", "Far Road"),
        ("nordwind", "北风", "Nordwind"),
        ("lanxi", "兰溪窑", "Lanxi Kiln"),
        ("qinghe", "青禾", "Qinghe"),
        ("yunwu", "云雾山房", "Cloud Mist House"),
        ("mianmian", "绵绵", "Mianmian"),
        ("xiaoshan", "小杉", "Little Cedar"),
        ("banmu", "半亩", "Half Acre"),
        ("shiguang", "拾光", "Shiguang"),
        ("lumen", "流明", "Lumen & Co"),
        ("echo", "回声", "Echo Field"),
        ("tideline", "潮线", "Tideline"),
        ("keel", "龙骨", "Keel"),
        ("ridge", "山脊", "Ridgeway"),
        ("otter", "水獭", "Otter Works"),
        ("barkley", "巴克利", "Barkley"),
        ("whisker", "胡须先生", "Mr Whisker"),
        ("wooly", "羊小咩", "Wooly"),
        ("paperboat", "纸船", "Paper Boat"),
        ("inkstone", "砚台书局", "Inkstone Press"),
        ("harbour", "港湾", "Harbour & Hay"),
        ("hanse", "汉萨", "Hanse"),
        ("linde", "椴树", "Linde"),
        ("granary", "谷仓", "The Granary"),
        ("roundabout", "绕圈", "Roundabout"),
        ("dewdrop", "朝露", "Dewdrop"),
        ("bamboolane", "竹巷", "Bamboo Lane"),
        ("moonrabbit", "玉兔", "Moon Rabbit"),
    )
}
