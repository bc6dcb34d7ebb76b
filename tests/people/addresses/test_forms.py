"""What belongs together, what a country asks for, and what is refused; what is understood is kept in whole names."""

import pytest
from hypothesis import given, strategies as st

from jishi.people.addresses.forms import FORMS, checked, form_of, missing
from jishi.people.addresses.regions import Place, Regions, shipped, short
from jishi.people.addresses.states import STATES, state
from tests.people.kit import ADA, LIN, SOME

NONE = Regions({})
ALL = [Place(p, c, d) for p, cities in SOME.tree.items() for c, ds in cities.items() for d in (ds or [""])]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (("浙江", "杭州", "西湖"), ("浙江省", "杭州市", "西湖区")),
        (("上海", "", "浦东新区"), ("上海市", "上海市", "浦东新区")),
        (("北京市", "市辖区", "朝阳区"), ("北京市", "北京市", "朝阳区")),
        (("江苏省", "昆山市", ""), ("江苏省", "苏州市", "昆山市")),
        (("湖北省", "省直辖县级行政区划", "仙桃市"), ("湖北省", "仙桃市", "")),
        (("内蒙古", "呼和浩特", "新城"), ("内蒙古自治区", "呼和浩特市", "新城区")),
        (("吉林省", "延边州", "延吉"), ("吉林省", "延边朝鲜族自治州", "延吉市")),
        (("浙江省", "杭州市", "高新区"), ("浙江省", "杭州市", "高新区")),  # younger than the list
        (("浙江省", "", ""), ("浙江省", "", "")),
    ],
)
def test_a_region_is_kept_in_whole_names(typed: tuple[str, str, str], kept: tuple[str, str, str]) -> None:
    place, wrong = SOME.complete(Place(*typed))
    assert place == kept
    assert wrong == ("city" if not kept[1] else "")


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        (("浙江省", "南京市", "玄武区"), "city"),
        (("上海市", "上海市", "西湖区"), "district"),
        (("上海市", "杭州市", "西湖区"), "city"),
        (("加利福尼亚", "洛杉矶", ""), "province"),
        (("浙江省", "nowhere", "x"), "city"),
        (("浙江省", "杭州市", "<script>"), "district"),
    ],
)
def test_what_does_not_belong_together_is_named(typed: tuple[str, str, str], wrong: str) -> None:
    assert SOME.complete(Place(*typed))[1] == wrong


@given(st.sampled_from(ALL), st.tuples(st.booleans(), st.booleans(), st.booleans()))
def test_whole_and_short_names_are_the_same_place(place: Place, shortly: tuple[bool, bool, bool]) -> None:
    typed = Place(*(short(part) if brief and part else part for part, brief in zip(place, shortly, strict=True)))
    found, wrong = SOME.complete(typed)
    assert not wrong
    assert found == place or short(found.city) == short(place.city)


@given(st.sampled_from(ALL), st.sampled_from(ALL))
def test_a_county_of_one_city_is_none_of_another(one: Place, other: Place) -> None:
    strange = other.district and other.district not in SOME.counties(one.province, one.city)
    _, wrong = SOME.complete(Place(one.province, one.city, other.district))
    shorts = [short(d) for d in SOME.counties(one.province, one.city)]
    if strange and other.district not in shorts:
        assert wrong == "district"


def test_without_the_list_everything_is_taken_as_typed() -> None:
    assert NONE.complete(Place("浙江", "杭州", "西湖")) == (Place("浙江", "杭州", "西湖"), "")
    fields, errors = checked(LIN | {"province": "浙江"}, "CN", NONE)
    assert (fields["province"], errors) == ("浙江", [])
    assert form_of("CN", NONE).fields[2].choices == []


def test_the_list_that_is_fetched_at_build_has_every_county_once() -> None:
    regions = shipped()
    if not regions.tree:
        pytest.skip("the build has not fetched the list")
    assert len(regions.provinces()) == 31
    assert regions.cities("上海市") == ["上海市"]
    assert "浦东新区" in regions.counties("上海市", "上海市")
    assert regions.counties("湖北省", "仙桃市") == []
    for p in regions.provinces():
        for c in regions.cities(p):
            counties = regions.counties(p, c)
            assert len(counties) == len(set(counties))
            for d in counties or [""]:
                assert regions.complete(Place(p, c, d)) == (Place(p, c, d), ""), (p, c, d)


@pytest.mark.parametrize("country", ["CN", "US", "DE", "FR", "GB", "JP", "AU", "CA", "HK", "SG", "BR", "KE"])
def test_a_form_asks_for_name_phone_and_street_everywhere(country: str) -> None:
    form = form_of(country, SOME)
    names = [f.name for f in form.fields]
    assert {"name", "phone", "street"} <= set(names)
    assert len(names) == len(set(names))
    assert {e.field for e in missing({"country": country}, SOME)} == {f.name for f in form.fields if f.needed}


def test_each_country_writes_in_its_own_order() -> None:
    order = {c: [f.name for f in form_of(c, SOME).fields][2:] for c in ("US", "DE", "GB", "JP", "SG", "HK")}
    assert order == {
        "US": ["street", "city", "province", "postcode"],
        "DE": ["street", "postcode", "city"],
        "GB": ["street", "city", "postcode"],
        "JP": ["postcode", "province", "city", "street"],
        "SG": ["street", "postcode"],
        "HK": ["street", "district", "province"],
    }
    assert [f.label for f in form_of("US", SOME).fields][-2:] == ["state", "zip"]


def test_the_mainland_offers_what_the_choice_before_leaves() -> None:
    by_name = {f.name: f for f in form_of("CN", SOME, "浙江省", "杭州市").fields}
    assert by_name["city"].choices == ["杭州市", "宁波市"]
    assert by_name["district"].choices == ["西湖区", "余杭区"]
    assert not {f.name: f for f in form_of("CN", SOME, "广东省", "东莞市").fields}["district"].needed


@pytest.mark.parametrize(
    ("changed", "wrong"),
    [
        ({"province": "Bavaria"}, [("province", "address.state")]),
        ({"postcode": "9404"}, [("postcode", "postcode.invalid")]),
        ({"phone": "12"}, [("phone", "phone.invalid")]),
        ({"street": "P.O. Box 12"}, [("street", "address.po_box")]),
        ({"street": "PO BOX 9, Main St"}, [("street", "address.po_box")]),
        ({"city": ""}, [("city", "text.required")]),
        ({"country": "XX"}, [("country", "country.unknown")]),
        ({"province": "california"}, []),
        ({"postcode": "94043-1351"}, []),
        ({"street": "12 Boxwood Road"}, []),
    ],
)
def test_an_american_address_is_judged_by_its_country(changed: dict[str, str], wrong: list[tuple[str, str]]) -> None:
    _, errors = checked(ADA | changed, "US", SOME)
    assert [(e.field, e.code) for e in errors] == wrong


@pytest.mark.parametrize(
    "street", ["Postfach 12 34", "B.P. 12", "Boîte postale 9", "GPO Box 5", "Locked Bag 7", "私書箱12号", "邮政信箱12号", "ＰＯ Ｂｏｘ 1"]
)  # fmt: skip
def test_a_box_at_a_post_office_is_told(street: str) -> None:
    assert [e.code for e in checked(LIN | {"street": street}, "CN", SOME)[1]] == ["address.po_box"]


def test_states_are_known_by_code_and_by_name() -> None:
    for country, rows in STATES.items():
        for code, name in rows.items():
            assert state(country, code) == code
            assert state(country, name.upper()) == code
    assert (state("JP", "東京"), state("HK", "九龙"), state("US", "Tokyo")) == ("東京都", "Kowloon", "")


@given(st.sampled_from(sorted(FORMS)), st.dictionaries(st.sampled_from(["name", "phone", "province", "city", "street", "postcode", "country"]), st.text(max_size=40)))  # fmt: skip
def test_whatever_is_typed_is_judged_without_raising(country: str, typed: dict[str, str]) -> None:
    fields, errors = checked({"country": country} | typed, country, SOME)
    assert len({e.field for e in errors}) == len(errors)
    assert set(fields) <= {"name", "phone", "country", "province", "city", "district", "postcode", "street"}
