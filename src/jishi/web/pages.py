"""Templates: minijinja with autoescape, the functions that speak the reader's language, and holes for what is personal."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from html import escape
from pathlib import Path
from typing import Any, TypeVar, cast
from urllib.parse import urlencode

import minijinja
from minijinja import Markup

from jishi.kernel import Money, i18n
from jishi.kernel.i18n import Catalogues
from jishi.kernel.ids import encode
from jishi.kernel.place import Reason

from .assets import Assets

F = TypeVar("F", bound=Callable[..., Any])
FOLDER = Path(__file__).parent / "templates"
FRAGMENT = "fragment:"
OTHER = {"zh-CN": "en", "en": "zh-CN"}


def pass_state(f: F) -> F:
    """minijinja's, for methods with parameters of any number."""
    return cast(F, minijinja.pass_state(f))


class Pages:
    """`render` answers HTML with holes: mark, name, end; filled for each visitor, so that the rest can be kept as ready bytes.

    The mark holds chance of this process: nothing that a merchant or a customer wrote can be taken for a hole."""

    def __init__(self, words: Catalogues, assets: Assets, mark: str, *, reload: bool, folder: Path = FOLDER) -> None:
        self.words, self.assets, self.mark, self.folder = words, assets, f"\x02{mark}", folder
        self.icons = assets.symbols()
        names = [n for n in dir(Functions) if not n.startswith("_")]
        functions = Functions(self)
        self.env = minijinja.Environment(
            loader=self._load,
            globals={n: getattr(functions, n) for n in names},
            undefined_behavior="strict",
            auto_escape_callback=lambda name: "html",
            trim_blocks=True,
            lstrip_blocks=True,
            reload_before_render=reload,
            debug=reload,  # a traceback that shows the values would put names and addresses into the log
        )

    def _load(self, name: str) -> str | None:
        if name.startswith(FRAGMENT):  # a page drawn into this skeleton is the one block alone
            return "{% block " + name.removeprefix(FRAGMENT) + " %}{% endblock %}"
        path = (self.folder / name).resolve()
        return path.read_text("utf-8") if path.is_relative_to(self.folder.resolve()) and path.is_file() else None

    def render(self, template: str, facts: Mapping[str, Any], values: Mapping[str, Any], fragment: str = "") -> str:
        """The page, or the one block that an htmx request asked for. A template extends `layout`."""
        layout = FRAGMENT + fragment if fragment else values.get("layout", "base.html")
        text: str = self.env.render_template(template, **{**facts, **values, "layout": layout})
        return text

    def pieces(self, html: str) -> list[bytes]:
        """Alternately bytes as they are and the name of a hole; an odd number of pieces."""
        first, *rest = html.split(self.mark)
        found = [first.encode()]
        for piece in rest:
            name, _, text = piece.partition("\x03")
            found += [name.encode(), text.encode()]
        return found


def safe_url(address: str) -> Markup:
    """An address for an attribute: escaped as HTML needs it, its slashes left readable."""
    return Markup(escape(address))


def amount_of(amount: int | Money, currency: str) -> tuple[int, str]:
    return (amount.minor, amount.currency) if isinstance(amount, Money) else (amount, currency)


def sentence_of(words: Catalogues, reason: Reason, locale: str, currency: str) -> str:
    """A `Reason` as a sentence; what ends in `_minor` is money (of its own `currency`, if it names one), in `_bp` a
    percentage."""
    currency = str(reason.inputs.get("currency", "")) or currency
    said: dict[str, str | int] = {}
    for k, v in reason.inputs.items():
        if isinstance(v, int) and k.endswith("_minor"):
            said[k] = i18n.money(v, currency, locale)
        elif isinstance(v, int) and k.endswith("_bp"):
            said[k] = i18n.percent(v, locale)
        else:
            said[k] = v
    return words.t(reason.key, locale, **said)


class Functions:
    """What templates may call; every public method is one, by its name."""

    def __init__(self, pages: Pages) -> None:
        self._pages, self._words, self._assets = pages, pages.words, pages.assets

    @staticmethod
    def _of(state: Any, name: str) -> Any:
        return state.lookup(name)

    @pass_state
    def t(self, state: Any, key: str, /, **params: Any) -> str:
        """A sentence; what it is given is escaped with it."""
        return self._words.t(key, state.lookup("locale"), **params)

    @pass_state
    def th(self, state: Any, key: str, /, **params: Any) -> Markup:
        """A sentence with links in it: parameters that are Markup stay as they are, the sentence and the rest are escaped."""
        safe = {k: v if isinstance(v, int) else str(minijinja.escape(v)) for k, v in params.items()}
        locale = state.lookup("locale")
        entry = self._words.t(
            key, locale, **{k: v if isinstance(v, int) else f"\x00{k}\x00" for k, v in params.items()}
        )
        text = escape(entry)
        for k, v in safe.items():
            text = text.replace(f"\x00{k}\x00", str(v))
        return Markup(text)

    @pass_state
    def link(self, state: Any, path: str, text: str, classes: str = "link") -> Markup:
        """A link inside of a sentence: the parameter `go` of `th` is `link("/", words)`."""
        href = escape(self._local(state, path))
        return Markup(f'<a class="{escape(classes)}" href="{href}">{minijinja.escape(text)}</a>')

    @pass_state
    def url(self, state: Any, path: str = "/", /, **query: Any) -> Markup:
        """The address in the reader's language: `url("/products/tea", sku="x")`."""
        return safe_url(self._local(state, path, query))

    @staticmethod
    def _local(state: Any, path: str, query: Mapping[str, Any] | None = None) -> str:
        kept = {k: v for k, v in (query or {}).items() if v not in ("", None)}
        bare = path.rstrip("/")
        return f"/{state.lookup('locale')}{bare}" + (f"?{urlencode(kept, doseq=True)}" if kept else "")

    @pass_state
    def money(self, state: Any, minor: int | Money, currency: str = "") -> str:
        """¥129.00; a Money, or minor units and a currency (the visit's when none is told)."""
        minor, currency = amount_of(minor, currency)
        return i18n.money(minor, currency or state.lookup("currency"), state.lookup("locale"))

    @pass_state
    def money_parts(self, state: Any, minor: int | Money, currency: str = "") -> list[str]:
        minor, currency = amount_of(minor, currency)
        return list(i18n.money_parts(minor, currency or state.lookup("currency"), state.lookup("locale")))

    @pass_state
    def date(self, state: Any, ms: int, form: str = "day") -> str:
        return i18n.date(ms, state.lookup("locale"), state.lookup("zone"), form)

    @pass_state
    def moment(self, state: Any, ms: int, form: str = "moment") -> str:
        return i18n.moment(ms, state.lookup("locale"), state.lookup("zone"), form)

    def iso(self, ms: int) -> str:
        return i18n.iso(ms)

    @pass_state
    def number(self, state: Any, n: int) -> str:
        return i18n.number(n, state.lookup("locale"))

    @pass_state
    def about(self, state: Any, n: int) -> str:
        return i18n.about(n, state.lookup("locale"))

    @pass_state
    def percent(self, state: Any, bp: int) -> str:
        return i18n.percent(bp, state.lookup("locale"))

    @pass_state
    def said(self, state: Any, text: Mapping[str, str]) -> str:
        """A text in languages, in the reader's."""
        return i18n.said(text, state.lookup("locale"))

    @pass_state
    def why(self, state: Any, reason: Any) -> str:
        return sentence_of(self._words, reason, state.lookup("locale"), state.lookup("currency"))

    def id(self, kind: str, n: int) -> str:
        """`id("lst", 5)` → `lst_0000000000005`."""
        return encode(kind, n)

    def asset(self, name: str) -> Markup:
        """The address of a browser file, "" when it was not built."""
        return safe_url(self._assets.url(name))

    def media(self, path: str, width: int = 0, form: str = "webp") -> Markup:
        """The address of an uploaded picture in one of its widths."""
        return safe_url(f"/media/{path}-{width}.{form}" if width else f"/media/{path}")

    def icon(self, name: str, classes: str = "") -> Markup:
        """An icon of the sprite; nothing when it was not built. It never carries meaning alone."""
        if name not in self._pages.icons:
            return Markup("")
        mark = escape(f"i {classes}".strip())
        href = escape(f"{self._assets.url('vendor/icons.svg')}#{name}")
        return Markup(f'<svg class="{mark}" aria-hidden="true"><use href="{href}"/></svg>')

    def personal(self, name: str) -> Markup:
        """A hole for this visitor: cart, account, csrf."""
        return Markup(f"{self._pages.mark}{name}\x03")

    def csrf(self) -> Markup:
        """The hidden field that every form which posts must have."""
        return self.personal("csrf")

    def json(self, value: Any) -> Markup:
        """JSON for a data block or attribute: no `<`, `>`, `&` or `'` comes out as it is."""
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        for char in "<>&'":
            text = text.replace(char, f"\\u{ord(char):04x}")
        return Markup(text)
