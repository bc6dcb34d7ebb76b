"""An address in lines: name, street, town with state and postcode, country. American, British and European order. Pure."""

from __future__ import annotations

import re
from functools import cache

from babel import Locale

from jishi.kernel.countries import COUNTRIES

from .states import STATES, state

EMAIL = re.compile(r"[^\s@,;:<>()]{1,64}@[^\s@,;:<>()]{1,190}\.[A-Za-z]{2,24}")
PHONE = re.compile(r"(?<![\w])(?:\+|00)?(?:\(\d{1,5}\)[ ./-]?)?\d(?:[ ()./-]{0,2}\d){6,15}(?![\w])")
LABEL = re.compile(
    r"^\s*(full name|name|recipient|attn|phone|telephone|tel|mobile|cell|e-?mail|address(?: line)? ?[123]?|street|city|town"
    r"|suburb|state|province|region|county|zip(?: code)?|post(?:al)? ?code|postcode|plz|country)\s*[:.]\s*(.*)$",
    re.IGNORECASE,
)
FIELD_OF = {
    "name": "full name|name|recipient|attn", "phone": "phone|telephone|tel|mobile|cell", "email": "email|e-mail",
    "city": "city|town|suburb", "province": "state|province|region|county", "country": "country",
    "postcode": "zip|zip code|post code|postal code|postalcode|postcode|plz",
}  # fmt: skip
LABELS = {word: field for field, words in FIELD_OF.items() for word in words.split("|")}
ZIP = r"(?P<postcode>\d{5}(?:-\d{4})?)"
CANADIAN = r"(?P<postcode>[A-Za-z]\d[A-Za-z] ?\d[A-Za-z]\d)"
BRITISH = r"(?P<postcode>(?:GIR ?0AA|[A-Za-z]{1,2}\d[A-Za-z\d]? ?\d[A-Za-z]{2}))"
TOWN = r"(?P<city>[^\d,]{2,60}?)"
SHAPES: list[tuple[str, re.Pattern[str]]] = [  # the first that fits a whole line (or its end) says the country too
    ("US", re.compile(rf"(?:(?P<street>.+),\s*)?{TOWN},?\s+(?P<province>[A-Za-z]{{2}}|[A-Z][A-Za-z. ]{{3,30}}?),?\s+{ZIP}")),
    ("CA", re.compile(rf"(?:(?P<street>.+),\s*)?{TOWN},?\s+(?P<province>[A-Za-z]{{2}}|[A-Z][A-Za-z ]{{3,30}}?),?\s+{CANADIAN}")),
    ("AU", re.compile(rf"(?:(?P<street>.+),\s*)?{TOWN},?\s+(?P<province>[A-Za-z]{{2,3}}),?\s+(?P<postcode>\d{{4}})")),
    ("GB", re.compile(rf"(?:(?:(?P<street>.+),\s*)?{TOWN},?\s+)?{BRITISH}")),
    ("NL", re.compile(r"(?:(?P<street>.+),\s*)?(?P<postcode>\d{4} ?[A-Z]{2})\s+(?P<city>[^\d,]{2,60})")),
    ("", re.compile(r"(?:(?P<street>.+),\s*)?(?:[A-Z]{1,2}-)?(?P<postcode>\d{3} ?\d{2}|\d{4,6}|\d{2}-\d{3}|\d{4}-\d{3})\s+(?P<city>[^\d,]{2,60})")),
    ("", re.compile(r"(?P<city>Singapore)\s+(?P<postcode>\d{6})")),
]  # fmt: skip
ALSO = {
    "usa": "US", "u.s.a.": "US", "u.s.": "US", "united states of america": "US", "uk": "GB", "u.k.": "GB",
    "great britain": "GB", "england": "GB", "scotland": "GB", "wales": "GB", "deutschland": "DE", "österreich": "AT",
    "schweiz": "CH", "españa": "ES", "italia": "IT", "nederland": "NL", "the netherlands": "NL", "polska": "PL",
    "belgië": "BE", "belgique": "BE", "danmark": "DK", "sverige": "SE", "suomi": "FI", "hong kong": "HK", "prc": "CN",
}  # fmt: skip
FOUR_DIGITS = ("AT", "BE", "CH", "DK", "NO", "LU", "HU", "NZ")


@cache
def countries() -> dict[str, str]:
    """What a country is called → its code."""
    names = {
        name.casefold(): code
        for locale in ("en", "zh_Hans")
        for code, name in Locale.parse(locale).territories.items()
        if code in COUNTRIES
    }
    return names | ALSO | {code.casefold(): code for code in COUNTRIES}


def parsed(text: str, country: str) -> dict[str, str]:
    """The fields of an address in Latin letters; `country` is where it is when it does not say."""
    found: dict[str, str] = {}
    for shape, field in ((EMAIL, "email"),):
        if m := shape.search(text):
            found[field] = m[0]
            text = text[: m.start()] + "\n" + text[m.end() :]
    parts = lines_of(text, found)
    parts = take_phone(parts, found)
    parts = take_country(parts, found, country)
    parts = take_town(parts, found)
    if parts and "name" not in found and not re.search(r"\d", parts[0]) and (len(parts) > 1 or found.get("street")):
        found["name"] = parts.pop(0)
    street = [*([found["street"]] if found.get("street") else []), *parts]
    found["street"] = ", ".join(dict.fromkeys(street))
    return {k: " ".join(v.split())[:200].strip(" ,") for k, v in found.items() if v.strip(" ,")}


def lines_of(text: str, found: dict[str, str]) -> list[str]:
    """Lines, or the parts between commas where there is one line; labelled ones go to their field."""
    lines = [line for raw in text.splitlines() if (line := raw.strip(" \t,;"))]
    if len(lines) == 1:
        lines = [p for part in lines[0].split(",") if (p := part.strip())]
        lines = joined(lines)
    kept = []
    for line in lines:
        m = LABEL.match(line)
        field = LABELS.get(" ".join(m[1].lower().split())) if m else None
        if m and field and field not in found:
            found[field] = m[2].strip()
        else:
            kept.append(m[2].strip() if m else line)
    return [k for k in kept if k]


def joined(parts: list[str]) -> list[str]:
    """Mountain View | CA 94043 is one line again: a state and a code stand behind a town."""
    made: list[str] = []
    for part in parts:
        if made and re.fullmatch(
            r"[A-Za-z]{2,3}\.? +[A-Za-z\d][A-Za-z\d -]{2,9}|[A-Z][A-Za-z ]{3,30} \d{5}(-\d{4})?", part
        ):
            made[-1] = f"{made[-1]}, {part}"
        else:
            made.append(part)
    return made


def take_phone(parts: list[str], found: dict[str, str]) -> list[str]:
    """A line that is a phone alone, else the first that holds one with a plus."""
    if "phone" in found:
        return parts
    for alone in (True, False):
        for i, part in enumerate(parts):
            m = PHONE.search(part)
            if m and (m[0].strip() == part if alone else m[0].startswith("+")):
                found["phone"] = m[0].strip()
                rest = (part[: m.start()] + part[m.end() :]).strip(" ,;:")
                return [p for p in (*parts[:i], rest, *parts[i + 1 :]) if p]
    for i, part in enumerate(parts):  # Ada Lovelace 650 253 0000
        m = re.search(r"(?<=[A-Za-z.])[ ,]+(\(?\d{3}\)?[ .-]?\d{3}[ .-]?\d{4})$", part)
        if m and i < len(parts) - 1:
            found["phone"] = m[1]
            return [*parts[:i], part[: m.start()], *parts[i + 1 :]]
    return parts


def take_country(parts: list[str], found: dict[str, str], otherwise: str) -> list[str]:
    if told := countries().get(found.get("country", "").casefold()):
        found["country"] = told
        return parts
    found["country"] = otherwise
    if parts and (last := countries().get(parts[-1].casefold())) and (len(parts[-1]) > 2 or parts[-1].isupper()):
        found["country"] = last
        return parts[:-1] if last != "SG" or len(parts) < 2 or re.search(r"\d{6}", parts[-2]) else parts
    return parts


def take_town(parts: list[str], found: dict[str, str]) -> list[str]:
    """The line with the postcode, looked for from the end: it also says the country when nothing else did."""
    if "city" in found and "postcode" in found:
        return parts
    for i in range(len(parts) - 1, -1, -1):
        for code, shape in SHAPES:
            m = shape.fullmatch(parts[i])
            if m is None or not fits(code, m, found):
                continue
            values = {k: v.strip() for k, v in m.groupdict().items() if v}
            if code in STATES and "province" in values:
                values["province"] = state(code, values["province"])
            if code:
                found["country"] = code if code in STATES or not found["country"] else found["country"]
            rest = parts[:i] + parts[i + 1 :]
            if "city" not in values and found["country"] == "GB" and i and not re.search(r"\d", parts[i - 1]):
                values["city"] = rest.pop(i - 1)
            street = values.pop("street", "")
            for field, value in values.items():
                found.setdefault(field, value)
            if street:  # one line held it all
                name, _, more = street.partition(",")
                rest = [
                    *(s.strip() for s in ([name, more] if more and not re.search(r"\d", name) else [street])),
                    *rest,
                ]
            return rest
    return parts


def fits(code: str, m: re.Match[str], found: dict[str, str]) -> bool:
    """A state must be the country's; a shape of another country than the one that was named is none."""
    if code in ("US", "CA", "AU"):
        return bool(state(code, m["province"])) and found["country"] in ("", code, "CN", "US", "CA", "AU")
    if code == "GB":
        return found["country"] in ("", "GB", "CN", "IM", "JE", "GG")
    if code == "NL":
        return found["country"] in ("", "NL", "CN")
    return found["country"] not in ("US", "CA", "AU", "GB")  # 1600 Amphitheatre Parkway is no town
