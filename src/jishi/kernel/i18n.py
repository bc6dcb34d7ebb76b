"""Every sentence is a key in the catalogues `locales/<language>/<noun>.po`; numbers, money and days by the reader's locale."""

from __future__ import annotations

import gettext
import logging
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache, lru_cache
from pathlib import Path
from string import Formatter
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale, dates, numbers

LOCALES = ("zh-CN", "en")
FOLDER = Path(__file__).parent.parent / "locales"
log = logging.getLogger(__name__)


class MissingKey(KeyError):
    """A page or a fault speaks of a key that no catalogue has: a programmer's mistake."""


class Entry:
    """One sentence, or its plural forms in the order of the language's rule."""

    __slots__ = ("forms", "source")

    def __init__(self, forms: tuple[str, ...], source: str) -> None:
        self.forms, self.source = forms, source


class Catalogue:
    """One language: key → sentence."""

    def __init__(self, locale: str) -> None:
        self.locale, self.babel = locale, Locale.parse(locale, sep="-")
        self.entries: dict[str, Entry] = {}
        self.doubled: list[str] = []
        self.plural: Callable[[int], int] = lambda n: 0

    def add(self, path: Path) -> None:
        """The keys of a `.po` file; one that an earlier file has is left out and told in `doubled`."""
        from babel.messages.pofile import read_po

        with path.open("rb") as f:
            po = read_po(f, locale=self.locale.replace("-", "_"), abort_invalid=True)
        self.plural = gettext.c2py(po.plural_expr)
        for message in po:
            if not message.id or message.fuzzy:
                continue
            key = message.id if isinstance(message.id, str) else message.id[0]
            forms = (message.string,) if isinstance(message.string, str) else tuple(message.string or ("",))
            if key in self.entries:  # the first stays: the check finds it, a shop must not fail to start for it
                self.doubled.append(f"{key}: in {self.entries[key].source} and in {path.name}")
                continue
            if not all(forms):
                raise ValueError(f"{key}: empty in {path}")
            self.entries[key] = Entry(forms, path.name)


class Catalogues:
    """`strict`: a missing key raises (tests, dev); else it is shown and logged once, for a page is better than none."""

    def __init__(self, folder: Path = FOLDER, *, strict: bool = True) -> None:
        self.strict, self.told = strict, set[str]()
        self.by_locale: dict[str, Catalogue] = {}
        for locale in LOCALES:
            catalogue = self.by_locale[locale] = Catalogue(locale)
            for path in sorted((folder / locale.replace("-", "_")).glob("*.po")):
                catalogue.add(path)

    def has(self, key: str) -> bool:
        return all(key in c.entries for c in self.by_locale.values())

    def parameters(self, key: str) -> set[str]:
        """The names that the sentence's forms need, in any language."""
        forms = (form for c in self.by_locale.values() for form in c.entries[key].forms)
        return {name for form in forms for _, name, _, _ in Formatter().parse(form) if name}

    def t(self, key: str, locale: str, /, **params: Any) -> str:
        """The sentence with its named parameters; whole numbers in the locale's digits, `n` chooses the plural form."""
        catalogue = self.by_locale[locale]
        entry = catalogue.entries.get(key)
        if entry is None:
            return self._missing(key, locale)
        n = params.get("n")
        forms = entry.forms
        form = forms[0] if len(forms) == 1 or not isinstance(n, int) else forms[catalogue.plural(n)]
        if not params:
            return form
        try:
            return form.format_map({k: number(v, locale) if type(v) is int else v for k, v in params.items()})
        except KeyError as e:
            return self._missing(f"{key} ({e})", locale)

    def _missing(self, key: str, locale: str) -> str:
        if self.strict:
            raise MissingKey(f"{key} in {locale}")
        if key not in self.told:
            self.told.add(key)
            log.error("missing key", extra={"key": key, "locale": locale})
        return key


@cache
def shipped() -> Catalogues:
    """The catalogues that come with Jishi, read once. A process that serves customers sets `.strict = False`."""
    return Catalogues()


def t(key: str, locale: str, /, **params: Any) -> str:
    """A sentence of the shipped catalogues."""
    return shipped().t(key, locale, **params)


@cache
def _locale(locale: str) -> Locale:
    return Locale.parse(locale, sep="-")


@cache
def digits_of(currency: str) -> int:
    """Decimals of an ISO 4217 currency: CNY 2, JPY 0, KWD 3."""
    return numbers.get_currency_precision(currency)


def major(minor: int, currency: str) -> Decimal:
    """1230 CNY → 12.30, exactly: for showing, never for reckoning."""
    return Decimal(minor).scaleb(-digits_of(currency))


@lru_cache(16_384)
def money(minor: int, currency: str, locale: str) -> str:
    """¥129.00 for a Chinese reader, CN¥129.00 for an English one: a sign that two currencies share says which."""
    return str(numbers.format_currency(major(minor, currency), currency, locale=_locale(locale)))


@lru_cache(16_384)
def money_parts(minor: int, currency: str, locale: str) -> tuple[str, str]:
    """(sign, number) of an amount, for the price tag that sets the sign small; the minus goes with the sign."""
    sign = numbers.get_currency_symbol(currency, locale=_locale(locale))
    number = numbers.format_currency(major(abs(minor), currency), currency, "#,##0.00", locale=_locale(locale))
    return ("−" if minor < 0 else "") + sign, str(number)


@lru_cache(4_096)
def number(n: int, locale: str) -> str:
    return numbers.format_decimal(n, locale=_locale(locale))


def about(n: int, locale: str) -> str:
    """A large count as people say it: 12万, 120K."""
    return numbers.format_compact_decimal(n, locale=_locale(locale), fraction_digits=0 if n >= 100_000 else 1)


def percent(bp: int, locale: str) -> str:
    """Basis points: 1900 → 19%."""
    return numbers.format_percent(Decimal(bp) / 10_000, locale=_locale(locale), decimal_quantization=False)


DAY = {"zh-CN": "M月d日", "en": "d MMMM"}
FULL = {"zh-CN": "y年M月d日", "en": "d MMMM y"}
CLOCK = {"zh-CN": "HH:mm", "en": "HH:mm"}
FORMS: Mapping[str, Mapping[str, str]] = {
    "day": DAY,
    "full": FULL,
    "clock": CLOCK,
    "moment": {"zh-CN": "M月d日 HH:mm", "en": "d MMMM, HH:mm"},
    "short": {"zh-CN": "M月d日 HH:mm", "en": "d MMM HH:mm"},
    "weekday": {"zh-CN": "M月d日 EEE", "en": "EEE d MMMM"},
    "long": {"zh-CN": "y年M月d日 HH:mm", "en": "d MMMM y, HH:mm"},
}


def at_zone(ms: int, zone: str) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC).astimezone(ZoneInfo(zone))


def date(ms: int, locale: str, zone: str, form: str = "day") -> str:
    """A day in the market's zone: 11月24日 · 24 November. form: day, full (with the year), weekday."""
    return dates.format_datetime(at_zone(ms, zone), FORMS[form][locale], locale=_locale(locale))


def moment(ms: int, locale: str, zone: str, form: str = "moment") -> str:
    """A moment in the market's zone: 11月24日 21:02 · 24 November, 21:02. form: moment, short, long (with the year),
    clock."""
    return dates.format_datetime(at_zone(ms, zone), FORMS[form][locale], locale=_locale(locale))


def iso(ms: int) -> str:
    """`2026-11-24T13:02:00Z`, for `<time datetime>` and JSON."""
    return datetime.fromtimestamp(ms / 1000, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def said(text: Mapping[str, str], locale: str) -> str:
    """The text in this language, else in another one that is there: a name in the wrong language is better than none."""
    return text.get(locale) or next((text[k] for k in LOCALES if text.get(k)), "") or next(iter(text.values()), "")
