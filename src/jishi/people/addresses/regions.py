"""Province, city and county of the mainland, as `china-division` lists them: what belongs together, and what was meant.

A municipality is its own city (上海市 / 上海市 / 浦东新区). A county that a province rules itself stands as a city without
counties (湖北省 / 仙桃市), as carriers write it. Without the file there is no list, and everything is taken as typed."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

FILE = "web/static/vendor/china-division-2.7.0/pca-code.json"
Tree = Mapping[str, Mapping[str, Sequence[str]]]
WITHIN, RULED = ("市辖区", "县"), "直辖县级行政区划"
PEOPLES = (
    "蒙古 朝鲜 土家 苗 藏 羌 彝 布依 侗 哈尼 壮 傣 白 景颇 傈僳 回 哈萨克 柯尔克孜 维吾尔 满 瑶 黎 土 撒拉 保安 东乡 "
    "裕固 畲 佤 拉祜 布朗 纳西 独龙 怒 普米 水 仡佬 毛南 仫佬 京 达斡尔 鄂温克 鄂伦春 锡伯 塔吉克 各"
).split()
SELF_RULED = re.compile(f"(?:(?:{'|'.join(sorted(PEOPLES, key=len, reverse=True))})族?)*自治[区州县旗]$")
SELF = re.compile("自治[区州县旗]$")
ENDINGS = re.compile("(?:特别行政区|地区|林区|新区|[省市区县旗盟])$")
COUNTY_LIKE = re.compile("[\u4e00-\u9fff]{1,20}(?:区|县|旗|市|镇|街道|林区|岛|委会|新城)")
CITY_LIKE = re.compile("[\u4e00-\u9fff]{1,20}(?:市|州|盟|地区|县|区|旗)")
GAP = re.compile(r"[\s,，、/·.\-]*")

log = logging.getLogger(__name__)


class Place(NamedTuple):
    """Whole names; "" where there is none."""

    province: str
    city: str = ""
    district: str = ""


class Match(NamedTuple):
    """Where in a text a region stands, and which it is."""

    start: int
    end: int
    place: Place


def short(name: str) -> str:
    """浙江省 → 浙江, 内蒙古自治区 → 内蒙古, 延边朝鲜族自治州 → 延边; what would be one character stays whole."""
    for ending in (SELF_RULED, SELF, ENDINGS):
        if len(bare := ending.sub("", name)) > 1 and bare != name:
            return bare
    return name


class Regions:
    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self._provinces = called(tree)
        self._cities = {p: called(cities) for p, cities in tree.items()}
        self._counties = {(p, c): called(counties) for p, cities in tree.items() for c, counties in cities.items()}
        self._homes: dict[str, list[Place]] = {}  # a whole city's or county's name → where there is one
        for p, cities in tree.items():
            for c, counties in cities.items():
                if c != p:
                    self._homes.setdefault(c, []).append(Place(p, c))
                for d in counties:
                    self._homes.setdefault(d, []).append(Place(p, c, d))

    def provinces(self) -> list[str]:
        return list(self.tree)

    def cities(self, province: str) -> list[str]:
        return list(self.tree.get(province, ()))

    def counties(self, province: str, city: str) -> list[str]:
        return list(self.tree.get(province, {}).get(city, ()))

    def complete(self, place: Place) -> tuple[Place, str]:
        """(whole names, the first field that does not belong there or ""). 浙江 杭州 西湖 is understood.

        The list ages: a city or county that it has nowhere, and that is called like one, is taken; one that lies
        elsewhere is not. A county that stands where the city should is moved to its place."""
        if not self.tree:
            return place, ""
        province = self._provinces.get(place.province, "")
        if not province:
            return place, "province"
        city, district = place.city, place.district
        if city in WITHIN or city.endswith(RULED) or (city == place.province and province in self.tree[province]):
            city = ""
        if not city and len(self.tree[province]) == 1:
            city = next(iter(self.tree[province]))
        if not city and district:
            city, district = district, ""
        found = self._cities[province].get(city, "")
        if not found:
            homes = [h for h in self._homes.get(city, ()) if h.province == province and h.district]
            if len(homes) == 1 and not district:
                return homes[0], ""
            strange = bool(city) and not self._homes.get(city) and CITY_LIKE.fullmatch(city)
            return Place(province, city, district), "" if strange else "city"
        return self._with_county(Place(province, found, district))

    def _with_county(self, place: Place) -> tuple[Place, str]:
        known = self._counties[place.province, place.city]
        if district := known.get(place.district, ""):
            return place._replace(district=district), ""
        if not place.district or place.district == place.city:
            return place._replace(district=""), ""
        strange = not self._homes.get(place.district) and COUNTY_LIKE.fullmatch(place.district)
        return place, "" if strange else "district"

    def divided(self, place: Place) -> bool:
        """Whether an address of this city names a county. 东莞, 中山 and a few others have streets and towns alone."""
        counties = self.counties(place.province, place.city)
        return 2 * sum(1 for d in counties if d[-1] in "区县旗市") > len(counties)

    # --- finding one in a text -----------------------------------------------------------------------------------------

    def find(self, text: str) -> Match | None:
        """The region that the text names best: the most levels, then one that begins a word, then the first."""
        best: tuple[int, int, int] | None = None
        chosen: Match | None = None
        for match, whole in self._candidates(text):
            levels = sum(1 for part in match.place if part)
            starts = match.start == 0 or not text[match.start - 1].isalnum()
            if not (starts or whole):
                continue
            rank = (levels + 2 * starts, match.end - match.start, -match.start)
            if best is None or rank > best:
                best, chosen = rank, match
        return chosen

    def _candidates(self, text: str) -> Iterator[tuple[Match, bool]]:
        for name, province in self._provinces.items():
            for at in places_of(name, text):
                yield self._from_province(text, at, at + len(name), province), name == province
        for province, cities in self._cities.items():
            for name, city in cities.items():
                for at in places_of(name, text) if city != province else ():
                    match = self._county_after(text, at, at + len(name), Place(province, city))
                    if name == city or match.place.district:
                        yield match, name == city
        for name, homes in self._homes.items():
            if len(homes) == 1 and homes[0].district and name[-1] in "区县旗市":
                for at in places_of(name, text):
                    yield Match(at, at + len(name), homes[0]), True

    def _from_province(self, text: str, start: int, at: int, province: str) -> Match:
        cities, begun = self._cities[province], after(text, at, WITHIN)
        if city := longest(cities, text, begun):
            match = self._county_after(text, start, begun + len(city), Place(province, cities[city]))
            if match.place.district or len(cities) > len({*cities.values()}) or city == cities[city]:
                return match
        if len(self.tree[province]) == 1:
            return self._county_after(text, start, at, Place(province, next(iter(self.tree[province]))))
        inside = {d: home for d, homes in self._homes.items() for home in homes if home.province == province}
        if (name := longest(inside, text, begun)) and sum(
            1 for home in self._homes[name] if home.province == province
        ) == 1:
            return Match(start, begun + len(name), inside[name])
        return Match(start, at, Place(province))

    def _county_after(self, text: str, start: int, at: int, place: Place) -> Match:
        """The county that follows; a short name counts only as a word of its own (西湖 大道 is no 西湖区)."""
        known, begun = self._counties[place.province, place.city], after(text, at, WITHIN)
        for name in sorted(known, key=len, reverse=True):
            end = begun + len(name)
            whole = name == known[name]
            if text.startswith(name, begun) and (whole or end == len(text) or not text[end].isalnum()):
                return Match(start, end, place._replace(district=known[name]))
        if loose := LOOSE.match(text, begun):
            return Match(start, loose.end(), place._replace(district=loose[0]))
        return Match(start, at, place)


# 高新区, 经济开发区: no counties by law, written as if they were; never 小区, 社区 and the like
LOOSE = re.compile(
    "[\u4e00-\u9fff]{1,6}?(?:高新区|开发区|工业园区|新区|(?<![小社校院厂街景库片园宅辖活])区)(?![\u4e00-\u9fff]?[路街])"
)


def called(names: Mapping[str, object] | Sequence[str]) -> dict[str, str]:
    """Whole and short names → whole ones; a short name that two have is nobody's."""
    found = {name: name for name in names}
    shorts: dict[str, list[str]] = {}
    for name in names:
        shorts.setdefault(short(name), []).append(name)
        if name.endswith("自治州"):
            shorts.setdefault(short(name) + "州", []).append(name)
    return found | {s: whole[0] for s, whole in shorts.items() if len(whole) == 1 and s not in found}


def places_of(name: str, text: str) -> Iterator[int]:
    at = text.find(name)
    while at >= 0:
        yield at
        at = text.find(name, at + 1)


def longest(names: Mapping[str, object], text: str, at: int) -> str:
    return max((n for n in names if text.startswith(n, at)), key=len, default="")


def after(text: str, at: int, skipped: Sequence[str]) -> int:
    """Past what stands between two names: spaces, commas, 市辖区."""
    gap = GAP.match(text, at)
    at = gap.end() if gap else at
    for word in skipped:
        if text.startswith(word, at):
            return after(text, at + len(word), ())
    return at


def read(raw: bytes) -> Tree:
    """The tree of a `pca-code.json`."""
    tree: dict[str, dict[str, list[str]]] = {}
    for province in json.loads(raw):
        cities = tree.setdefault(province["name"], {})
        for city in province["children"]:
            names = [c["name"] for c in city.get("children", ())]
            if city["name"] in WITHIN:
                cities.setdefault(province["name"], []).extend(names)
            elif city["name"].endswith(RULED):
                cities |= {name: [] for name in names}
            else:
                cities[city["name"]] = names
    return tree


@cache
def shipped() -> Regions:
    """Those that the build has fetched; none without them."""
    path = Path(str(files("jishi"))) / FILE
    try:
        return Regions(read(path.read_bytes()))
    except (OSError, ValueError, KeyError):
        log.warning("no list of regions: run `make assets`; addresses are taken as typed")
        return Regions({})
