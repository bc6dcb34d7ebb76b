"""The buyers of the demo's year: made-up people with addresses of their kind. Phones and e-mails reach nobody."""

from __future__ import annotations

from random import Random

from msgspec import Struct

SURNAMES = "李王张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
GIVEN = ("晓雨", "子涵", "嘉怡", "思远", "雨桐", "浩然", "梓萱", "一鸣", "静怡", "俊杰", "欣妍", "明轩", "若溪", "建国", "丽华",
         "志强", "雅琴", "海燕", "小军", "佳慧", "天佑", "文博", "诗涵", "可欣", "宇航", "芷若", "晨曦", "慧敏", "国栋", "婉清")  # fmt: skip
CITIES = (
    ("上海市", "上海市", "浦东新区", "201203", "张江路"),
    ("上海市", "上海市", "徐汇区", "200030", "天平路"),
    ("北京市", "北京市", "朝阳区", "100020", "工体北路"),
    ("北京市", "北京市", "海淀区", "100080", "中关村大街"),
    ("广东省", "广州市", "天河区", "510620", "体育西路"),
    ("广东省", "深圳市", "南山区", "518052", "科技园路"),
    ("浙江省", "杭州市", "西湖区", "310012", "文三路"),
    ("浙江省", "宁波市", "鄞州区", "315100", "天童北路"),
    ("江苏省", "南京市", "鼓楼区", "210008", "中山北路"),
    ("江苏省", "苏州市", "姑苏区", "215005", "平江路"),
    ("四川省", "成都市", "武侯区", "610041", "科华北路"),
    ("湖北省", "武汉市", "武昌区", "430071", "东湖路"),
    ("福建省", "厦门市", "思明区", "361005", "湖滨南路"),
    ("陕西省", "西安市", "雁塔区", "710061", "小寨东路"),
    ("山东省", "青岛市", "市南区", "266071", "香港中路"),
    ("湖南省", "长沙市", "岳麓区", "410006", "麓山路"),
    ("重庆市", "重庆市", "渝中区", "400010", "民生路"),
    ("辽宁省", "大连市", "中山区", "116001", "人民路"),
    ("云南省", "昆明市", "五华区", "650031", "翠湖南路"),
    ("新疆维吾尔自治区", "乌鲁木齐市", "天山区", "830002", "解放南路"),
)
ABROAD = {
    "US": (
        ("CA", "Mountain View", "94043", "Villa Street", "+1650253"),
        ("NY", "New York", "10011", "West 18th Street", "+1212736"),
        ("WA", "Seattle", "98101", "Pine Street", "+1206684"),
        ("TX", "Austin", "78701", "Congress Avenue", "+1512974"),
        ("IL", "Chicago", "60614", "North Clark Street", "+1312744"),
    ),
    "DE": (
        ("Berlin", "Berlin", "10435", "Kastanienallee", "+4930901"),
        ("Hamburg", "Hamburg", "20357", "Schanzenstraße", "+4940428"),
        ("Bayern", "München", "80469", "Gärtnerplatz", "+4989233"),
        ("Hessen", "Frankfurt am Main", "60316", "Berger Straße", "+4969212"),
        ("Sachsen", "Leipzig", "04275", "Karl-Liebknecht-Straße", "+4934112"),
    ),
}
FOREIGN = {
    "US": (
        "Ava Brooks",
        "Liam Carter",
        "Mia Nguyen",
        "Noah Patel",
        "Zoe Bennett",
        "Owen Reyes",
        "Ella Kim",
        "Jack Moore",
    ),
    "DE": (
        "Anna Vogel",
        "Jonas Weber",
        "Lena Kraus",
        "Paul Richter",
        "Marie Lang",
        "Felix Busch",
        "Clara Haas",
        "Emil Roth",
    ),
}
MARKETS = {"CN": ("CNY", "zh-CN"), "US": ("USD", "en"), "DE": ("EUR", "en")}


class Neighbour(Struct, frozen=True):
    """`account`: comes back and has a sign-in; others buy as guests, each time anew."""

    n: int
    market: str
    email: str
    recipient: dict[str, str]
    account: bool

    @property
    def currency(self) -> str:
        return MARKETS[self.market][0]

    @property
    def locale(self) -> str:
        return MARKETS[self.market][1]


def neighbours(count: int, r: Random) -> list[Neighbour]:
    """The same people for the same chance."""
    return [_neighbour(n, r) for n in range(count)]


def _neighbour(n: int, r: Random) -> Neighbour:
    market = r.choices(("CN", "US", "DE"), (88, 7, 5))[0]
    account, house = r.random() < 0.72, r.randint(1, 398)
    if market == "CN":
        province, city, district, postcode, street = r.choice(CITIES)
        name = r.choice(SURNAMES) + r.choice(GIVEN)
        place = {"province": province, "city": city, "district": district, "postcode": postcode}
        place["street"] = f"{street} {house} 号 {r.randint(1, 18)} 单元 {r.randint(101, 2604)} 室"
        phone = f"1{r.choice((38, 39, 36, 86, 87))}{r.randint(10_000_000, 99_999_999)}"
    else:
        province, city, postcode, street, prefix = r.choice(ABROAD[market])
        name, phone = r.choice(FOREIGN[market]), f"{prefix}{r.randint(1000, 9999)}"
        line = f"{house} {street}" if market == "US" else f"{street} {house}"
        place = {"province": province, "city": city, "postcode": postcode, "street": line}
    recipient = {"name": name, "phone": phone, "country": market} | place
    return Neighbour(n, market, f"neighbour{n}@example.com", recipient, account)
