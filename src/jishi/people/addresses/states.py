"""The first level below a country where an address names it: code or name as it is written, and what people also write."""

from __future__ import annotations

from collections.abc import Mapping

_US = (
    "AL Alabama|AK Alaska|AZ Arizona|AR Arkansas|CA California|CO Colorado|CT Connecticut|DE Delaware|"
    "DC District of Columbia|FL Florida|GA Georgia|HI Hawaii|ID Idaho|IL Illinois|IN Indiana|IA Iowa|KS Kansas|"
    "KY Kentucky|LA Louisiana|ME Maine|MD Maryland|MA Massachusetts|MI Michigan|MN Minnesota|MS Mississippi|"
    "MO Missouri|MT Montana|NE Nebraska|NV Nevada|NH New Hampshire|NJ New Jersey|NM New Mexico|NY New York|"
    "NC North Carolina|ND North Dakota|OH Ohio|OK Oklahoma|OR Oregon|PA Pennsylvania|RI Rhode Island|"
    "SC South Carolina|SD South Dakota|TN Tennessee|TX Texas|UT Utah|VT Vermont|VA Virginia|WA Washington|"
    "WV West Virginia|WI Wisconsin|WY Wyoming|AS American Samoa|GU Guam|MP Northern Mariana Islands|PR Puerto Rico|"
    "VI U.S. Virgin Islands|AA Armed Forces Americas|AE Armed Forces Europe|AP Armed Forces Pacific"
)
_CA = (
    "AB Alberta|BC British Columbia|MB Manitoba|NB New Brunswick|NL Newfoundland and Labrador|NS Nova Scotia|"
    "NT Northwest Territories|NU Nunavut|ON Ontario|PE Prince Edward Island|QC Quebec|SK Saskatchewan|YT Yukon"
)
_AU = (
    "ACT Australian Capital Territory|NSW New South Wales|NT Northern Territory|QLD Queensland|SA South Australia|"
    "TAS Tasmania|VIC Victoria|WA Western Australia"
)
_JP = (
    "北海道 Hokkaido|青森県 Aomori|岩手県 Iwate|宮城県 Miyagi|秋田県 Akita|山形県 Yamagata|福島県 Fukushima|茨城県 Ibaraki|"
    "栃木県 Tochigi|群馬県 Gunma|埼玉県 Saitama|千葉県 Chiba|東京都 Tokyo|神奈川県 Kanagawa|新潟県 Niigata|富山県 Toyama|"
    "石川県 Ishikawa|福井県 Fukui|山梨県 Yamanashi|長野県 Nagano|岐阜県 Gifu|静岡県 Shizuoka|愛知県 Aichi|三重県 Mie|"
    "滋賀県 Shiga|京都府 Kyoto|大阪府 Osaka|兵庫県 Hyogo|奈良県 Nara|和歌山県 Wakayama|鳥取県 Tottori|島根県 Shimane|"
    "岡山県 Okayama|広島県 Hiroshima|山口県 Yamaguchi|徳島県 Tokushima|香川県 Kagawa|愛媛県 Ehime|高知県 Kochi|"
    "福岡県 Fukuoka|佐賀県 Saga|長崎県 Nagasaki|熊本県 Kumamoto|大分県 Oita|宮崎県 Miyazaki|鹿児島県 Kagoshima|沖縄県 Okinawa"
)


def _table(text: str) -> dict[str, str]:
    return {code: name for code, _, name in (row.partition(" ") for row in text.split("|"))}


# country → code → name; the code is what is kept and what the label says
STATES: Mapping[str, Mapping[str, str]] = {
    "US": _table(_US),
    "CA": _table(_CA),
    "AU": _table(_AU),
    "JP": _table(_JP),
    "HK": {"Hong Kong Island": "香港島", "Kowloon": "九龍", "New Territories": "新界"},
}
_ALSO = {"香港岛": "Hong Kong Island", "九龙": "Kowloon", "HK Island": "Hong Kong Island"}


def _plain(text: str) -> str:
    return " ".join(text.replace(".", "").split()).casefold()


def _also(country: str, code: str, name: str) -> list[str]:
    """How people write it: Tokyo and 東京 are 東京都."""
    return [code, name, code[:-1]] if country == "JP" and code != "北海道" else [code, name]


_KNOWN = {
    country: {_plain(w): code for code, name in rows.items() for w in _also(country, code, name)}
    for country, rows in STATES.items()
}
_KNOWN["HK"] |= {_plain(k): v for k, v in _ALSO.items()}


def state(country: str, typed: str) -> str:
    """What is kept of a state: `california` and `ca` are CA, Tokyo is 東京都; "" for none of the country's."""
    return _KNOWN[country].get(_plain(typed), "")
