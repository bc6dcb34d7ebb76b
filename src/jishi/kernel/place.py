"""Words that several nouns share: a text in languages, a region of the earth, why a figure is what it is, a page."""

from __future__ import annotations

from msgspec import Struct

Text = dict[str, str]  # locale → text; `zh-CN` and `en` are both there for all that ships with Jishi


class Region(Struct, frozen=True):
    """What may leave the vault about an address: no street, no name. Country is ISO 3166-1 alpha-2."""

    country: str
    province: str = ""
    city: str = ""
    district: str = ""
    postcode: str = ""


class Reason(Struct, frozen=True):
    """Why a figure is what it is: a catalogue key and what went into it; pages have a place to open it."""

    key: str
    inputs: dict[str, str | int] = {}
