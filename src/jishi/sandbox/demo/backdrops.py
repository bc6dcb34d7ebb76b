"""What stands behind the goods: studio grounds, rooms, and the table on which they lie. Each answers SVG for 800 × 800."""

from __future__ import annotations

from collections.abc import Callable

Backdrop = Callable[[str], str]
WALLS = (
    ("#f1dccb", "#c99b73"),
    ("#dfe6dc", "#9c7352"),
    ("#e7e3ee", "#a98a6f"),
    ("#dfeaf0", "#b58a6a"),
    ("#f3e9d6", "#8f6b4e"),
    ("#ead9d6", "#b9936f"),
    ("#d9e4e2", "#a47c5a"),
    ("#efe7df", "#7d5f49"),
)  # wall, table


def plain(ground: str) -> str:
    return f'<rect width="800" height="800" fill="url(#h)"/><path d="M0 640h800v160H0z" fill="{ground}" opacity=".75"/>'


def podium(ground: str) -> str:
    return (
        f'<rect width="800" height="800" fill="url(#h)"/><path d="M100 690v110h600V690z" fill="{ground}"/><path d="M100 690v110h600V690z" fill="#fff" opacity=".25"/><ellipse cx="400" cy="690" rx="300" ry="44" fill="{ground}"/>'
        '<ellipse cx="400" cy="690" rx="300" ry="44" fill="#fff" opacity=".55"/>'
    )


def arch(ground: str) -> str:
    return f'<rect width="800" height="800" fill="{ground}"/><path d="M170 660V330a230 230 0 0 1 460 0v330z" fill="#fff" opacity=".62"/><path d="M0 650h800v150H0z" fill="#fff" opacity=".3"/><path d="M0 650h800v6H0z" fill="#fff" opacity=".5"/>'


def disc(ground: str) -> str:
    return f'<rect width="800" height="800" fill="#fbf9f5"/><circle cx="400" cy="400" r="300" fill="{ground}"/><circle cx="400" cy="400" r="300" fill="#fff" opacity=".12"/><path d="M0 655h800v145H0z" fill="#f1ece4"/><path d="M118 655a300 300 0 0 0 564 0z" fill="{ground}" opacity=".35"/>'


def slope(ground: str) -> str:
    return f'<rect width="800" height="800" fill="{ground}"/><path d="M0 0h520L220 800H0z" fill="#fff" opacity=".38"/><path d="M0 648h800v152H0z" fill="#fff" opacity=".34"/>'


def sunlight(ground: str) -> str:
    panes = "".join(
        f'<path d="M{x} {y}l130 60v150l-130-60z" fill="#fff" opacity=".55"/>'
        for x, y in ((60, 60), (210, 130), (60, 240), (210, 310))
    )
    return f'<rect width="800" height="800" fill="{ground}"/><g opacity=".6">{panes}</g><path d="M0 652h800v148H0z" fill="#fff" opacity=".32"/><path d="M0 652h800v5H0z" fill="#fff" opacity=".6"/>'


def steps(ground: str) -> str:
    return f'<rect width="800" height="800" fill="url(#h)"/><path d="M520 420h280v240H520z" fill="#fff" opacity=".6"/><path d="M520 420h280v20H520z" fill="#fff" opacity=".6"/><path d="M0 540h200v120H0z" fill="#fff" opacity=".5"/><path d="M0 655h800v145H0z" fill="{ground}"/><path d="M0 655h800v145H0z" fill="#fff" opacity=".35"/>'


def dunes(ground: str) -> str:
    return f'<rect width="800" height="800" fill="url(#h)"/><path d="M0 470c180-90 300-60 460 10s240 60 340 0v320H0z" fill="{ground}" opacity=".55"/><path d="M0 560c200-70 360-20 520 20s200 20 280-10v230H0z" fill="#fff" opacity=".4"/><path d="M0 650h800v150H0z" fill="{ground}" opacity=".6"/>'


STUDIOS: tuple[Backdrop, ...] = (plain, podium, arch, disc, slope, sunlight, steps, dunes)


def _pane(x: int) -> str:
    return f'<rect x="{x}" y="70" width="250" height="230" rx="12" fill="#cfdde2"/><path d="M{x} 230c60-30 120 10 250-20v78a12 12 0 0 1-12 12H{x + 12}a12 12 0 0 1-12-12z" fill="#b9cfae" opacity=".8"/><path d="M{x + 125} 70v230M{x} 185h250" stroke="#fff" stroke-width="9" opacity=".9"/><rect x="{x}" y="70" width="250" height="230" rx="12" fill="none" stroke="#fff" stroke-width="11"/>'


def _shelf(x: int) -> str:
    books = "".join(
        f'<rect x="{x + 16 + k * 36}" y="{230 - tall}" width="28" height="{tall}" rx="4" fill="{colour}"/>'
        for k, (colour, tall) in enumerate(
            (("#8fa98f", 84), ("#c98a6b", 66), ("#6f8da3", 92), ("#d7b978", 74), ("#a77a8b", 80))
        )
    )
    return f'{books}<path d="M{x + 212} 230c-8-46 50-46 42 0z" fill="#c9795a"/><path d="M{x + 232} 190c-40-10-30-60-10-70 4 20 10 40 10 70zM{x + 234} 190c30-10 40-50 20-70-14 16-20 40-20 70z" fill="#7c9a72"/><rect x="{x}" y="230" width="270" height="13" rx="4" fill="#8a6a4c"/>'


def _frames(x: int) -> str:
    return f'<rect x="{x}" y="80" width="130" height="170" fill="#fffaf2" stroke="#8a6a4c" stroke-width="8"/><circle cx="{x + 65}" cy="150" r="30" fill="#d9a03f" opacity=".8"/><path d="M{x + 22} 220l40-44 30 24 20-16v36z" fill="#7c9a72"/><rect x="{x + 160}" y="130" width="100" height="120" fill="#fffaf2" stroke="#8a6a4c" stroke-width="7"/><path d="M{x + 182} 226c0-60 56-60 56-60 0 40-20 60-56 60z" fill="#5f7d6c"/>'


def _niche(x: int) -> str:
    return f'<path d="M{x} 300V180a120 120 0 0 1 240 0v120z" fill="#000" opacity=".07"/><path d="M{x + 84} 300c-14-60 86-60 72 0z" fill="#c9795a"/><path d="M{x + 120} 250c-60-20-60-100-30-130 20 40 30 80 30 130zM{x + 120} 250c50-20 60-90 36-124-26 30-36 70-36 124zM{x + 120} 250c-6-60 0-110 10-150 10 50 6 100-10 150z" fill="#6f8f68"/>'


def _lamp(x: int) -> str:
    return f'<path d="M{x + 120} 0v90" stroke="#5b4a3c" stroke-width="6"/><path d="M{x + 40} 190c0-140 160-140 160 0z" fill="#d9b47a"/><ellipse cx="{x + 120}" cy="190" rx="80" ry="14" fill="#fff3c9"/><path d="M{x + 40} 196l-90 360h340l-90-360z" fill="#fff3c9" opacity=".22"/>'


def _stripe(x: int) -> str:
    return f'<path d="M{x - 40} 60l150-60h120L{x + 20} 560h-150z" fill="#fff" opacity=".3"/><path d="M{x + 140} 0h60L{x + 90} 560h-60z" fill="#fff" opacity=".22"/>'


DECOR: tuple[Callable[[int], str], ...] = (_pane, _shelf, _frames, _niche, _lamp, _stripe)


def room(seed: int, *, left: bool) -> str:
    """A wall with something on it, and a table whose edge is at y = 560; the goods stand on the other side of the decor."""
    wall, table = WALLS[seed % len(WALLS)]
    decor = DECOR[seed // 8 % len(DECOR)](470 if left else 90)
    grain = "".join(
        f'<path d="M0 {y}c200-6 300 8 800 0" stroke="#000" stroke-width="2" fill="none" opacity=".06"/>'
        for y in (604, 650, 702, 758)
    )
    return f'<rect width="800" height="800" fill="{wall}"/><rect width="800" height="560" fill="url(#h)" opacity=".5"/>{decor}<path d="M0 560h800v240H0z" fill="{table}"/>{grain}<path d="M0 560h800v7H0z" fill="#fff" opacity=".35"/>'


def boards(ground: str) -> str:
    rows = "".join(
        f'<path d="M0 {y}h800" stroke="#6b4a2d" stroke-width="4" opacity=".35"/><path d="M0 {y + 50}c160-16 300 12 800-4M0 {y + 100}c240 14 420-14 800 4" stroke="#6b4a2d" stroke-width="3" fill="none" opacity=".13"/>'
        for y in range(0, 800, 160)
    )
    return f'<rect width="800" height="800" fill="#d6b48c"/>{rows}<rect width="800" height="800" fill="{ground}" opacity=".25"/>'


def linen(ground: str) -> str:
    across = "".join(f"M0 {k}h800" for k in range(10, 800, 20))
    down = "".join(f"M{k} 0v800" for k in range(10, 800, 20))
    weave = f'<path d="{across}{down}" fill="none" stroke="#8a7c66" stroke-width="1" opacity=".1"/>'
    return f'<rect width="800" height="800" fill="{ground}"/>{weave}<path d="M0 560c200-90 400 60 800-40v280H0z" fill="#fff" opacity=".25"/><path d="M0 566c200-90 400 60 800-40" stroke="#8a7c66" stroke-width="4" fill="none" opacity=".2"/>'


def stone(ground: str) -> str:
    return f'<rect width="800" height="800" fill="#f3f1ee"/><rect width="800" height="800" fill="{ground}" opacity=".3"/><path d="M-20 200c200 30 260 160 420 180s300 140 420 300M300-20c40 160 180 200 200 400" stroke="#a9a39a" stroke-width="5" fill="none" opacity=".3"/><path d="M0 620c160-40 240 40 380 10" stroke="#a9a39a" stroke-width="3" fill="none" opacity=".3"/>'


def paper(ground: str) -> str:
    return f'<rect width="800" height="800" fill="{ground}"/><path d="M0 0h800L0 560z" fill="#fff" opacity=".35"/><path d="M800 800H200L800 330z" fill="#000" opacity=".035"/>'


TABLES: tuple[Backdrop, ...] = (boards, linen, stone, paper)
