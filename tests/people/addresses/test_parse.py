"""Paste and recognise: what people paste, in whatever order; what is written is read back; nothing makes it raise."""

import time

import pytest
from hypothesis import given, settings, strategies as st

from jishi.people.addresses.forms import written
from jishi.people.addresses.parse import parsed
from jishi.people.addresses.states import STATES
from tests.people.kit import SOME

LIN = {"name": "林晓雨", "phone": "13812348000", "country": "CN"}
PUDONG = {"province": "上海市", "city": "上海市", "district": "浦东新区"}
XIHU = {"province": "浙江省", "city": "杭州市", "district": "西湖区"}
ROAD, WEN = {"street": "张江路88号"}, {"street": "文三路90号3幢502室"}
CHINESE = [
    ("林晓雨 13812348000 上海市浦东新区张江路88号 201203", LIN | PUDONG | ROAD | {"postcode": "201203"}),
    ("上海市浦东新区张江路88号 林晓雨 13812348000", LIN | PUDONG | ROAD),
    ("上海市浦东新区张江路88号林晓雨13812348000", LIN | PUDONG | ROAD),
    ("上海市浦东新区张江路88号,13812348000,林晓雨", LIN | PUDONG | ROAD),
    ("13812348000 林晓雨 上海市浦东新区张江路88号", LIN | PUDONG | ROAD),
    ("林晓雨，13812348000，上海市浦东新区张江路88号", LIN | PUDONG | ROAD),
    ("林晓雨\n13812348000\n上海市浦东新区张江路88号", LIN | PUDONG | ROAD),
    ("林晓雨；１３８１２３４８０００；上海市　浦东新区　张江路８８号", LIN | PUDONG | ROAD),
    ("林晓雨 138 1234 8000 上海市浦东新区张江路88号", LIN | PUDONG | ROAD),
    ("林晓雨 138-1234-8000 上海市浦东新区张江路88号", LIN | PUDONG | ROAD),
    ("林晓雨 +86 13812348000 上海市浦东新区张江路88号", LIN | PUDONG | ROAD),
    ("林晓雨 (+86)13812348000 上海市浦东新区张江路88号", LIN | PUDONG | ROAD),
    ("林晓雨 008613812348000 上海市浦东新区张江路88号", LIN | PUDONG | ROAD),
    ("林晓雨 13812348000 上海浦东新区张江路88号", LIN | PUDONG | ROAD),
    ("林晓雨 13812348000 上海市上海市浦东新区张江路88号", LIN | PUDONG | ROAD),
    ("林晓雨 13812348000 上海市市辖区浦东新区张江路88号", LIN | PUDONG | ROAD),
    ("林晓雨 13812348000 上海 浦东 张江路88号", LIN | PUDONG | ROAD),
    ("林晓雨 13812348000 浦东新区张江路88号", LIN | PUDONG | ROAD),
    ("林晓雨 13812348000 中国上海市浦东新区张江路88号", LIN | PUDONG | ROAD),
    ("林晓雨 13812348000 浙江省杭州市西湖区文三路90号3幢502室", LIN | XIHU | WEN),
    ("林晓雨 13812348000 浙江杭州西湖区文三路90号3幢502室", LIN | XIHU | WEN),
    ("林晓雨 13812348000 杭州市西湖区文三路90号3幢502室", LIN | XIHU | WEN),
    ("林晓雨 13812348000 杭州西湖区文三路90号3幢502室", LIN | XIHU | WEN),
    ("林晓雨 13812348000 浙江省/杭州市/西湖区/文三路90号3幢502室", LIN | XIHU | WEN),
    ("收货人：林晓雨\n手机号码：13812348000\n所在地区：浙江省杭州市西湖区\n详细地址：文三路90号3幢502室", LIN | XIHU | WEN),
    ("收货人: 林晓雨 手机: 13812348000 地址: 浙江省 杭州市 西湖区 文三路90号3幢502室", LIN | XIHU | WEN),
    ("姓名：林晓雨，电话：13812348000，地址：浙江省杭州市西湖区文三路90号3幢502室", LIN | XIHU | WEN),
    ("地址：浙江省杭州市西湖区文三路90号3幢502室\n邮编：310012\n收件人：林晓雨\n电话：13812348000", LIN | XIHU | WEN | {"postcode": "310012"}),
    ("所在地区：浙江省杭州市西湖区\n详细地址：浙江省杭州市西湖区文三路90号3幢502室\n姓名：林晓雨 13812348000", LIN | XIHU | WEN),
    ("林晓雨 13812348000 浙江省杭州市文三路90号3幢502室", LIN | XIHU | WEN | {"district": ""}),
    ("王先生 010-65881234 北京市朝阳区建国路93号院", {"name": "王先生", "phone": "010-65881234", "country": "CN", "province": "北京市", "city": "北京市", "district": "朝阳区", "street": "建国路93号院"}),
    ("王先生 (010)65881234 北京朝阳区建国路93号院", {"name": "王先生", "phone": "010-65881234", "country": "CN", "province": "北京市", "city": "北京市", "district": "朝阳区", "street": "建国路93号院"}),
    ("赵敏 13812348000 江苏省昆山市花桥镇绿地大道1号", {"name": "赵敏", "phone": "13812348000", "country": "CN", "province": "江苏省", "city": "苏州市", "district": "昆山市", "street": "花桥镇绿地大道1号"}),
    ("赵敏 13812348000 湖北省仙桃市沔州大道9号", {"name": "赵敏", "phone": "13812348000", "country": "CN", "province": "湖北省", "city": "仙桃市", "street": "沔州大道9号"}),
    ("赵敏 13812348000 广东省东莞市长安镇德政中路20号", {"name": "赵敏", "phone": "13812348000", "country": "CN", "province": "广东省", "city": "东莞市", "district": "长安镇", "street": "德政中路20号"}),
    ("赵敏 13812348000 内蒙古呼和浩特新城区新华大街1号", {"name": "赵敏", "phone": "13812348000", "country": "CN", "province": "内蒙古自治区", "city": "呼和浩特市", "district": "新城区", "street": "新华大街1号"}),
    ("阿卜杜拉·买买提 13812348000 新疆乌鲁木齐天山区解放路1号", {"name": "阿卜杜拉·买买提", "phone": "13812348000", "country": "CN", "province": "新疆维吾尔自治区", "city": "乌鲁木齐市", "district": "天山区", "street": "解放路1号"}),
    ("延边州延吉市公园路12号 金明 13812348000", {"name": "金明", "phone": "13812348000", "country": "CN", "province": "吉林省", "city": "延边朝鲜族自治州", "district": "延吉市", "street": "公园路12号"}),
    ("重庆市城口县葛城街道东大街1号 陈科 13812348000", {"name": "陈科", "phone": "13812348000", "country": "CN", "province": "重庆市", "city": "重庆市", "district": "城口县", "street": "葛城街道东大街1号"}),
    ("陈科 13812348000 朝阳区建国路93号", {"name": "陈科", "phone": "13812348000", "country": "CN", "street": "朝阳区建国路93号"}),
    ("张江路 88 弄 3 号 302 室", {"country": "CN", "street": "张江路 88 弄 3 号 302 室"}),
    ("林晓雨 13812348000 lin@example.com 上海市浦东新区张江路88号", LIN | PUDONG | ROAD | {"email": "lin@example.com"}),
    ("   \n，。", {}),
]  # fmt: skip
ADA = {"name": "Ada Lovelace", "country": "US", "street": "1600 Amphitheatre Parkway", "city": "Mountain View", "province": "CA", "postcode": "94043"}  # fmt: skip
WESTERN = [
    ("US", "Ada Lovelace\n1600 Amphitheatre Parkway\nMountain View, CA 94043\n+1 650 253 0000", ADA | {"phone": "+1 650 253 0000"}),
    ("US", "Ada Lovelace, 1600 Amphitheatre Parkway, Mountain View, CA 94043, 650-253-0000", ADA | {"phone": "650-253-0000"}),
    ("CN", "Ada Lovelace\n1600 Amphitheatre Parkway\nMountain View, California 94043-1351\nUSA", ADA | {"postcode": "94043-1351"}),
    ("US", "Name: Ada Lovelace\nAddress: 1600 Amphitheatre Parkway\nCity: Mountain View\nState: CA\nZIP: 94043\nCountry: United States", ADA),
    ("DE", "Max Müller\nHauptstraße 12\n10115 Berlin\n+49 30 901820", {"name": "Max Müller", "country": "DE", "street": "Hauptstraße 12", "postcode": "10115", "city": "Berlin", "phone": "+49 30 901820"}),
    ("DE", "Marie Curie, 12 rue de la Paix, 75002 Paris, France", {"name": "Marie Curie", "country": "FR", "street": "12 rue de la Paix", "postcode": "75002", "city": "Paris"}),
    ("DE", "Jan Jansen\nDamrak 1\n1012 JS Amsterdam\nNederland", {"name": "Jan Jansen", "country": "NL", "street": "Damrak 1", "postcode": "1012 JS", "city": "Amsterdam"}),
    ("GB", "Jane Doe\n10 Downing Street\nLondon\nSW1A 2AA", {"name": "Jane Doe", "country": "GB", "street": "10 Downing Street", "city": "London", "postcode": "SW1A 2AA"}),
    ("US", "Jane Doe, 10 Downing Street, London SW1A 2AA, UK", {"name": "Jane Doe", "country": "GB", "street": "10 Downing Street", "city": "London", "postcode": "SW1A 2AA"}),
    ("CA", "John Smith\n111 Wellington St\nOttawa, ON K1A 0A9\nCanada", {"name": "John Smith", "country": "CA", "street": "111 Wellington St", "city": "Ottawa", "province": "ON", "postcode": "K1A 0A9"}),
    ("AU", "Kim Lee\n1 George St\nSydney NSW 2000", {"name": "Kim Lee", "country": "AU", "street": "1 George St", "city": "Sydney", "province": "NSW", "postcode": "2000"}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "fields"), CHINESE)
def test_a_mainland_address_is_read_in_any_order(text: str, fields: dict[str, str]) -> None:
    assert parsed(text, "CN", SOME) == {k: v for k, v in fields.items() if v}


@pytest.mark.parametrize(("country", "text", "fields"), WESTERN)
def test_an_address_in_lines_is_read_as_it_is_written_there(country: str, text: str, fields: dict[str, str]) -> None:
    assert parsed(text, country, SOME) == fields


HAN = st.sampled_from("晓雨明建国志强丽华秀英芳娜敏静洋勇军杰娟涛超霞平刚")
ROADS = st.sampled_from(["张江路", "文三路", "解放大道", "中山北路", "人民东路", "建设街"])
PLACES = [(p, c, d) for p, cities in SOME.tree.items() for c, ds in cities.items() for d in (ds or [""])]


@st.composite
def mainland(draw: st.DrawFn) -> dict[str, str]:
    province, city, district = draw(st.sampled_from(PLACES))
    name = draw(st.sampled_from("林王李张刘陈杨赵")) + "".join(draw(st.lists(HAN, min_size=1, max_size=2)))
    street = f"{draw(ROADS)}{draw(st.integers(1, 999))}号{draw(st.integers(1, 30))}幢{draw(st.integers(101, 2999))}室"
    phone = f"1{draw(st.integers(30_0000_0000, 99_9999_9999)):010}"
    fields = {"name": name, "phone": phone, "country": "CN", "province": province, "city": city, "district": district,
              "street": street, "postcode": draw(st.sampled_from(["", "201203", "310012"]))}  # fmt: skip
    return {k: v for k, v in fields.items() if v}


@given(mainland())
def test_what_is_written_of_a_mainland_address_is_read_back(fields: dict[str, str]) -> None:
    assert parsed(written(fields), "CN", SOME) == fields


WORDS = st.sampled_from(["Ada", "Grace", "Linus", "Marie", "Alan", "Hopper", "Byron", "Meier"])
TOWNS = st.sampled_from(["Springfield", "Mountain View", "Ulm", "Nantes", "Leeds", "Perth"])


@st.composite
def western(draw: st.DrawFn) -> dict[str, str]:
    country = draw(st.sampled_from(["US", "CA", "AU", "GB", "DE", "FR"]))
    codes = {"US": "94043", "CA": "K1A 0B1", "AU": "2000", "GB": "SW1A 1AA", "DE": "10115", "FR": "75001"}
    fields = {"name": f"{draw(WORDS)} {draw(WORDS)}", "street": f"{draw(st.integers(1, 999))} {draw(WORDS)} Street",
              "city": draw(TOWNS), "postcode": codes[country], "country": country, "phone": "+1 650 253 0000"}  # fmt: skip
    if country in STATES:
        fields["province"] = draw(st.sampled_from(sorted(STATES[country])))
    return fields


@given(western(), st.sampled_from(["US", "DE", "CN"]))
def test_what_is_written_of_a_western_address_is_read_back(fields: dict[str, str], market: str) -> None:
    assert parsed(written(fields), market, SOME) == fields


ANYTHING = st.text(max_size=300) | st.lists(
    st.sampled_from([t for t, _ in CHINESE[:8]] + ["省", "市辖区", "13812348000", "：", "\n", ",", "+86", "收货人：", "CA 94043", "(", "\x00", "\ud800"]),
    max_size=12,
).map("".join)  # fmt: skip


@settings(max_examples=400)
@given(ANYTHING, st.sampled_from(["CN", "US", "GB", "JP", "", "XX"]))
def test_nothing_that_is_pasted_makes_it_raise(text: str, country: str) -> None:
    fields = parsed(text, country, SOME)
    assert all(isinstance(v, str) and v.strip() == v and len(v) <= 300 for v in fields.values())
    assert set(fields) <= {"name", "phone", "email", "country", "province", "city", "district", "postcode", "street"}


@pytest.mark.parametrize("text", ["1" * 5000, "上海市" * 2000, "a, " * 2000, "( " * 3000, "收货人：" * 1000, "1 " * 2500, "北京市朝阳区" * 500])  # fmt: skip
def test_a_long_text_costs_no_more_than_its_beginning(text: str) -> None:
    start = time.process_time()
    for country in ("CN", "US"):
        parsed(text, country, SOME)
    assert time.process_time() - start < 0.5
