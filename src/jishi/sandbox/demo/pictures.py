"""Pictures of the demo's goods: scenes of our own drawings and of fetched things, in SVG; PNG by resvg.

Every object lives in an 800 × 800 box and stands on y = 680. A `seed` chooses backdrop and room: the same picture at
every run."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import resvg_py
from msgspec import Struct

from . import drawings, drawings_gear, drawings_more, drawings_packs, drawings_rooms
from .backdrops import STUDIOS, TABLES, room
from .drawings_packs import LABELS
from .objects import Thing, fetched

Drawing = Callable[[str, str, str], str]
SIZE = 800
ROOMS = (drawings, drawings_more, drawings_packs, drawings_rooms, drawings_gear)
BOOKS = (("#8fa98f", 74), ("#c98a6b", 60), ("#6f8da3", 80), ("#d7b978", 66), ("#a77a8b", 72))
ALONE, PAIR, THREE = ((0, 0, 1.0),), ((-120, -14, 0.74), (130, 0, 0.8)), ((-150, -16, 0.6), (150, -10, 0.62), (0, 4, 0.72))  # fmt: skip
WHOLE = 500  # the longer edge of a thing that is alone


class Look(Struct, frozen=True):
    """A drawing's or a thing's name and its colours: body, darker, ground. A thing without a colour keeps its own."""

    shape: str
    colour: str
    darker: str
    ground: str
    motif: str = ""
    props: tuple[str, ...] = ()
    thing: bool = False
    count: int = 1


def drawing(shape: str) -> Drawing:
    """Raises KeyError for a name that nobody has drawn."""
    for shelf in ROOMS:
        found: Drawing | None = getattr(shelf, shape, None)
        if found is not None and not shape.isupper():
            return found
    raise KeyError(shape)


SHADE = (  # shadows and light are gradients: a blur takes ten times as long
    '<radialGradient id="s"><stop offset="0" stop-color="#1c1a17" stop-opacity=".34"/><stop offset=".55" stop-color="#1c1a17" '
    'stop-opacity=".17"/><stop offset="1" stop-color="#1c1a17" stop-opacity="0"/></radialGradient>'
)


def item(look: Look, key: str, *, lying: bool = False) -> str:
    """The object with its shadow; `key` keeps the gradients of one picture apart."""
    c, d = look.colour or "#d9c3a0", look.darker or "#7b5f3a"
    if look.thing and (found := fetched(look.shape, look.colour, look.darker)):
        return _things(found, look.count, lying=lying)
    shape = "box" if look.thing else look.shape  # the archive was not fetched
    shadow = "" if lying else _shadow(400, 682, 250)
    return (
        f'<linearGradient id="g{key}"><stop offset="0" stop-color="{c}"/><stop offset=".7" stop-color="{c}"/>'
        f'<stop offset="1" stop-color="{d}"/></linearGradient>{shadow}'
        + drawing(shape)(c, d, f"url(#g{key})")
        + (_label(look) if look.motif else "")
    )


def studio(look: Look, seed: int = 0) -> str:
    """The product alone on its own ground, what goes with it beside its foot."""
    ground = STUDIOS[seed % len(STUDIOS)](look.ground)
    body = f'<g transform="translate({-24 if look.props else 0} 0)">{item(look, "0")}</g>'
    return _svg(SIZE, SIZE, _halo(look.ground) + ground + body + _props(look.props))


def at_home(look: Look, beside: Look, seed: int) -> str:
    """The product on a table in a room, with something else that goes with it."""
    left = seed // 64 % 2 == 0
    x, bx = (260, 600) if left else (530, 190)
    return _svg(
        SIZE,
        SIZE,
        _halo("#ffffff") + room(seed, left=left) + _at(beside, "1", bx, 640, 0.36) + _at(look, "0", x, 730, 0.68),
    )


def lying(look: Look, seed: int) -> str:
    """From above, as it lies on the table among what goes with it."""
    turn, motifs = (-9, 7, -5, 10)[seed // 4 % 4], look.props or ((look.motif,) if look.motif else ())
    scattered = "".join(
        _image(found, x, y, size, turn=r)
        for (x, y, size, r), name in zip(
            ((118, 150, 130, -24), (690, 640, 150, 18), (672, 128, 110, 32), (130, 660, 120, -14)),
            motifs * 4,
            strict=False,
        )
        if (found := fetched(name))
    )
    body = f'<g transform="rotate({turn} 400 400) translate(60 30) scale(.85)">{item(look, "0", lying=True)}</g>'
    shade = f'<g transform="rotate({turn} 400 400) translate(78 56) scale(.85)"><ellipse cx="400" cy="430" rx="300" ry="320" fill="url(#s)" opacity=".7"/></g>'
    return _svg(SIZE, SIZE, TABLES[seed % len(TABLES)](look.ground) + scattered + shade + body)


def close_up(look: Look, seed: int) -> str:
    """Three quarters of the way in: what the hand would feel."""
    x, y = ((-300, -420), (-360, -330), (-260, -300))[seed % 3]
    ground = f'{_halo(look.ground)}<rect width="800" height="800" fill="url(#h)"/>'
    return _svg(
        SIZE,
        SIZE,
        f'{ground}<g transform="translate({x} {y}) scale(1.7)">{item(look, "0")}</g>',
    )


def third(look: Look, seed: int) -> str:
    """The scene that tells most of it: of a drawing without a label its surface, of all others how it lies among others."""
    return lying(look, seed) if look.thing or look.motif or look.props else close_up(look, seed)


def hero(items: Sequence[tuple[Look, float, float, float]], width: int, height: int, window: tuple[int, int]) -> str:
    """A wide table with several objects (look, x, floor, scale), the farthest first: the campaign's picture."""
    x, y = window
    w, h = round(width * 0.23), round(height * 0.27)
    floor = min(f for _, _, f, _ in items) - height * 0.05
    books = "".join(
        f'<rect x="{round(width * 0.09) + k * 34}" y="{y + h - tall}" width="26" height="{tall}" rx="4" fill="{colour}"/>'
        for k, (colour, tall) in enumerate(BOOKS)
    )
    return _svg(
        width,
        height,
        f'<rect width="{width}" height="{height}" fill="#f1dccb"/><rect x="{x}" y="{y}" width="{w}" height="{h}" rx="10" fill="#cfdde2"/>'
        f'<path d="M{x + w / 2:.0f} {y}v{h}M{x} {y + h / 2:.0f}h{w}" stroke="#fff" stroke-width="8" opacity=".8"/>'
        f'{books}<rect x="{round(width * 0.075)}" y="{y + h}" width="220" height="10" rx="3" fill="#8a6a4c"/>'
        f'<path d="M0 {floor:.0f}h{width}v{height}H0z" fill="#c99b73"/><path d="M0 {floor:.0f}h{width}v5H0z" fill="#fff" opacity=".35"/>'
        + "".join(_at(look, str(k), x, y, scale) for k, (look, x, y, scale) in enumerate(items)),
    )


def png(svg: str) -> bytes:
    """Rendered at the SVG's own size."""
    return bytes(resvg_py.svg_to_bytes(svg_string=svg, skip_system_fonts=True))


def _things(found: Thing, count: int, *, lying: bool) -> str:
    """One, two or three of it, each on its shadow; lying ones are turned a little, each its own way."""
    parts = []
    for k, (dx, dy, scale) in enumerate({1: ALONE, 2: PAIR}.get(count, THREE)):
        by = WHOLE * scale / max(found.width, found.height)
        w, h = found.width * by, found.height * by
        x, foot = 400 + dx, 680 + dy - max(0.0, 360 * scale - h) * 0.4  # what is flat lies nearer the middle
        if lying:
            parts.append(
                _image(found, x, 400 + dy * 4 + (dx // 4 if count > 1 else 0), max(w, h), turn=(0, 12, -10)[k])
            )
            continue
        parts.append(_shadow(x, foot + 2, w * 0.44))
        parts.append(
            f'<image x="{x - w / 2:.0f}" y="{foot - h:.0f}" width="{w:.0f}" height="{h:.0f}" href="{found.href}"/>'
        )
    return "".join(parts)


def _label(look: Look) -> str:
    x, y, size, paper = LABELS.get(look.shape, (400, 440, 180, "#fffaf0"))
    found = fetched(look.motif)
    under = f'<circle cx="{x}" cy="{y}" r="{size * 0.66:.0f}" fill="{paper}" opacity=".94"/>' if paper else ""
    return under + (_image(found, x, y, size) if found else "")


def _props(names: Sequence[str]) -> str:
    """At most two, at the foot of the product, the first to the right."""
    parts = []
    for name, (x, foot, size) in zip(names, ((640, 716, 190), (150, 706, 150)), strict=False):
        if found := fetched(name):
            by = size / max(found.width, found.height)
            parts += [_shadow(x, foot, found.width * by * 0.46), _image(found, x, foot - found.height * by / 2, size)]
    return "".join(parts)


def _image(found: Thing, x: float, y: float, size: float, turn: int = 0) -> str:
    """Its middle at (x, y), its longer edge so long."""
    by = size / max(found.width, found.height)
    w, h = found.width * by, found.height * by
    turned = f' transform="rotate({turn} {x:.0f} {y:.0f})"' if turn else ""
    return (
        f'<image x="{x - w / 2:.0f}" y="{y - h / 2:.0f}" width="{w:.0f}" height="{h:.0f}" href="{found.href}"{turned}/>'
    )


def _shadow(x: float, y: float, half: float) -> str:
    return f'<ellipse cx="{x:.0f}" cy="{y:.0f}" rx="{half * 1.15:.0f}" ry="{max(14, half * 0.13):.0f}" fill="url(#s)"/>'


def _halo(ground: str) -> str:
    return f'<linearGradient id="h" x1=".3" x2=".5" y2="1"><stop offset="0" stop-color="#fff"/><stop offset="1" stop-color="{ground}"/></linearGradient>'


def _at(look: Look, key: str, x: float, y: float, scale: float) -> str:
    return f'<g transform="translate({x - 400 * scale:.0f} {y - 680 * scale:.0f}) scale({scale:.3f})">{item(look, key)}</g>'


def _svg(width: int, height: int, inside: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">'
        f"{SHADE}{inside}</svg>"
    )
