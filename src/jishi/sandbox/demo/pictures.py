"""Studio pictures of the demo's goods: SVG by our own drawings, PNG by resvg."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import resvg_py
from msgspec import Struct

from . import drawings, drawings_more

Drawing = Callable[[str, str, str], str]
SIZE = 800
BOOKS = (("#8fa98f", 74), ("#c98a6b", 60), ("#6f8da3", 80), ("#d7b978", 66), ("#a77a8b", 72))


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
    found: Drawing = getattr(drawings, shape, None) or getattr(drawings_more, shape)
    return found


BLUR = '<filter id="s" x="-20%" y="-200%" width="140%" height="500%"><feGaussianBlur stdDeviation="14"/></filter>'


def item(look: Look, key: str) -> str:
    """The object with its shadow; `key` keeps the gradients of one picture apart."""
    c, d = look.colour, look.darker
    return (
        f'<linearGradient id="g{key}"><stop offset="0" stop-color="{c}"/><stop offset=".7" stop-color="{c}"/>'
        f'<stop offset="1" stop-color="{d}"/></linearGradient>'
        '<ellipse cx="400" cy="682" rx="250" ry="22" fill="#1c1a17" opacity=".22" filter="url(#s)"/>'
        + drawing(look.shape)(c, d, f"url(#g{key})")
    )


def studio(look: Look) -> str:
    """The product alone on its own ground."""
    ground = look.ground
    return _svg(
        SIZE,
        SIZE,
        f'<radialGradient id="h" cy=".35"><stop offset="0" stop-color="#fff"/><stop offset="1" stop-color="{ground}"/></radialGradient>'
        f'<rect width="800" height="800" fill="url(#h)"/><path d="M0 640h800v160H0z" fill="{ground}" opacity=".75"/>'
        + item(look, "0"),
    )


def at_home(look: Look, beside: Look, wall: str, table: str, *, left: bool) -> str:
    """The product on a table by a window, with something else that goes with it."""
    x, bx = (250, 590) if left else (540, 190)
    window = (
        f'<rect x="{460 if left else 90}" y="70" width="250" height="220" rx="12" fill="#cfdde2"/>'
        f'<path d="M{585 if left else 215} 70v220M{460 if left else 90} 180h250" stroke="#fff" stroke-width="9" opacity=".85"/>'
    )
    return _svg(
        SIZE,
        SIZE,
        f'<rect width="800" height="800" fill="{wall}"/>{window}<path d="M0 560h800v240H0z" fill="{table}"/>'
        '<path d="M0 560h800v7H0z" fill="#fff" opacity=".35"/>'
        + _at(beside, "1", bx, 640, 0.34)
        + _at(look, "0", x, 730, 0.66),
    )


def close_up(look: Look) -> str:
    """Three quarters of the way in: what the hand would feel."""
    return _svg(
        SIZE,
        SIZE,
        f'<rect width="800" height="800" fill="{look.ground}"/>'
        f'<g transform="translate(-360 -430) scale(1.75)">{item(look, "0")}</g>',
    )


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
    return bytes(resvg_py.svg_to_bytes(svg_string=svg))


def _at(look: Look, key: str, x: float, y: float, scale: float) -> str:
    return f'<g transform="translate({x - 400 * scale:.0f} {y - 680 * scale:.0f}) scale({scale:.3f})">{item(look, key)}</g>'


def _svg(width: int, height: int, inside: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">'
        f"{BLUR}{inside}</svg>"
    )
