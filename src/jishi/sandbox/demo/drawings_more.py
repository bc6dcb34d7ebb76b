"""More objects for the studio, in the same box and manner as `drawings`."""

from math import cos, pi, sin

SHINE = '<path d="{}" stroke="#fff" stroke-width="14" fill="none" stroke-linecap="round" opacity=".3"/>'


def gaiwan(c: str, d: str, g: str) -> str:
    return (
        f'<ellipse cx="400" cy="650" rx="220" ry="34" fill="{d}"/><ellipse cx="400" cy="640" rx="200" ry="26" fill="{c}"/>'
        f'<path d="M230 400h340c0 130-70 220-110 236h-120c-40-16-110-106-110-236z" fill="{g}"/>'
        f'<ellipse cx="400" cy="400" rx="190" ry="34" fill="{d}"/><path d="M236 392c20-100 308-100 328 0z" fill="{g}"/>'
        f'<rect x="368" y="266" width="64" height="44" rx="16" fill="{d}"/>'
        '<path d="M300 470c20 60 60 90 90 60M420 500c40 30 70-10 90-50" stroke="#fff" stroke-width="8" fill="none" opacity=".7"/>'
    )


def teacake(c: str, d: str, g: str) -> str:
    leaves = "".join(
        f'<ellipse cx="{400 + r * cos(a):.0f}" cy="{440 + r * sin(a):.0f}" rx="26" ry="9" fill="{d}" opacity=".55" '
        f'transform="rotate({k * 47 % 180} {400 + r * cos(a):.0f} {440 + r * sin(a):.0f})"/>'
        for k, (r, a) in enumerate(
            (r, 2 * pi * j / n + r) for r, n in ((60, 5), (120, 10), (180, 14)) for j in range(n)
        )
    )
    return (
        f'<circle cx="400" cy="440" r="240" fill="{g}"/>{leaves}<circle cx="400" cy="440" r="74" fill="#f6efdc"/>'
        f'<circle cx="400" cy="440" r="60" fill="none" stroke="{d}" stroke-width="6"/><path d="M372 440h56M400 412v56" stroke="{d}" stroke-width="8"/>'
    )


def towel(c: str, d: str, g: str) -> str:
    rows = "".join(
        f'<rect x="190" y="{580 - k * 96}" width="420" height="92" rx="40" fill="{f}"/>'
        f'<path d="M230 {626 - k * 96}h340" stroke="{d}" stroke-width="7" opacity=".45" stroke-dasharray="3 10"/>'
        for k, f in enumerate((g, "#f6efe2", g, "#f6efe2"))
    )
    return f'{rows}<rect x="368" y="280" width="64" height="400" fill="{d}" opacity=".75"/><path d="M400 284c-60-60-110-20-60 10zM400 284c60-60 110-20 60 10z" fill="{d}"/>'


def pillow(c: str, d: str, g: str) -> str:
    return (
        f'<path d="M150 300c120 30 380 30 500 0 30 120 30 250 0 370-120-30-380-30-500 0-30-120-30-250 0-370z" fill="{g}"/>'
        f'<path d="M190 340c110 22 310 22 420 0 20 100 20 190 0 290-110-22-310-22-420 0-20-100-20-190 0-290z" fill="none" stroke="{d}" stroke-width="7" stroke-dasharray="14 12"/>'
        f'<path d="M400 400c-60-70-150 0-60 90l60 60 60-60c90-90 0-160-60-90z" fill="{d}" opacity=".55"/>'
        + SHINE.format("M210 380c20-20 60-20 110-16")
    )


def umbrella(c: str, d: str, g: str) -> str:
    ribs = "".join(
        f'<path d="M400 170Q{x} 260 {x} 420" stroke="{d}" stroke-width="6" fill="none" opacity=".6"/>'
        for x in (250, 350, 450, 550)
    )
    return (
        f'<path d="M400 400v230c0 60-90 60-90 4" stroke="{d}" stroke-width="22" fill="none" stroke-linecap="round"/>'
        f'<path d="M120 430c10-170 120-260 280-260s270 90 280 260c-40-44-100-44-140 0-40-44-100-44-140 0-40-44-100-44-140 0-40-44-100-44-140 0z" fill="{g}"/>'
        f'{ribs}<path d="M400 172v-40" stroke="{d}" stroke-width="16" stroke-linecap="round"/>'
    )


def soap(c: str, d: str, g: str) -> str:
    return (
        f'<rect x="170" y="520" width="460" height="160" rx="46" fill="{g}"/><rect x="210" y="556" width="380" height="88" rx="30" fill="none" stroke="{d}" stroke-width="7" opacity=".6"/>'
        f'<rect x="230" y="372" width="340" height="150" rx="44" fill="#f7efdf"/><path d="M290 450c40-50 80 40 120 0s80 40 110-6" stroke="{c}" stroke-width="14" fill="none" stroke-linecap="round"/>'
        f'<circle cx="560" cy="300" r="44" fill="#fff" opacity=".7"/><circle cx="620" cy="236" r="26" fill="#fff" opacity=".6"/><circle cx="500" cy="246" r="18" fill="#fff" opacity=".6"/>'
    )


def jar(c: str, d: str, g: str) -> str:
    return (
        f'<path d="M250 300h300c40 30 60 70 60 130v180a70 70 0 0 1-70 70H260a70 70 0 0 1-70-70V430c0-60 20-100 60-130z" fill="{g}" opacity=".9"/>'
        f'<rect x="236" y="210" width="328" height="100" rx="22" fill="{d}"/><rect x="250" y="400" width="300" height="180" rx="16" fill="#fff7e2"/>'
        f'<path d="M350 440l50-28 50 28v58l-50 28-50-28z" fill="{c}"/><rect x="300" y="544" width="200" height="14" rx="5" fill="{d}" opacity=".7"/>'
        + SHINE.format("M226 440c-4 60-4 120 4 170")
    )


def plant(c: str, d: str, g: str) -> str:
    leaf = "".join(
        f'<path d="M400 450C{400 + x} {430 - y} {400 + 2 * x} {400 - y} {400 + 2 * x} {300 - y} {400 + x} {300 - y} {390 + x // 3} 360 400 450z" fill="{f}"/>'
        for x, y, f in (
            (-110, 20, "#4f7d58"),
            (110, 10, "#3f6a4a"),
            (-60, 110, "#5f9068"),
            (64, 120, "#4f7d58"),
            (0, 150, "#6fa276"),
        )
    )
    return f'{leaf}<path d="M250 440h300l-34 220a24 24 0 0 1-24 20H308a24 24 0 0 1-24-20z" fill="{g}"/><rect x="234" y="420" width="332" height="60" rx="18" fill="{d}"/>'


def blocks(c: str, d: str, g: str) -> str:
    cubes = (
        (160, 520, "#c2452d"),
        (330, 520, "#3f86a8"),
        (500, 520, "#e0a23d"),
        (245, 356, "#6a9a5c"),
        (415, 356, c),
        (330, 192, "#8a6aa8"),
    )
    return "".join(
        f'<rect x="{x}" y="{y}" width="150" height="150" rx="16" fill="{f}"/><rect x="{x + 22}" y="{y + 22}" width="106" height="106" rx="10" fill="#fff" opacity=".22"/>'
        f'<text x="{x + 75}" y="{y + 106}" font-size="84" font-weight="700" text-anchor="middle" fill="#fff" font-family="sans-serif">{t}</text>'
        for (x, y, f), t in zip(cubes, ("●", "▲", "■", "★", "◆", "✚"), strict=True)
    )


def bear(c: str, d: str, g: str) -> str:
    return (
        f'<ellipse cx="400" cy="560" rx="170" ry="130" fill="{g}"/><ellipse cx="250" cy="640" rx="80" ry="48" fill="{d}"/><ellipse cx="550" cy="640" rx="80" ry="48" fill="{d}"/>'
        f'<circle cx="270" cy="210" r="66" fill="{g}"/><circle cx="530" cy="210" r="66" fill="{g}"/><circle cx="270" cy="210" r="36" fill="{d}"/><circle cx="530" cy="210" r="36" fill="{d}"/>'
        f'<circle cx="400" cy="320" r="176" fill="{g}"/><ellipse cx="400" cy="378" rx="80" ry="60" fill="#f7ead6"/><ellipse cx="400" cy="350" rx="28" ry="20" fill="#3a2a22"/>'
        '<path d="M400 370v22M372 404q28 22 56 0" stroke="#3a2a22" stroke-width="8" fill="none" stroke-linecap="round"/><circle cx="336" cy="296" r="15" fill="#3a2a22"/><circle cx="464" cy="296" r="15" fill="#3a2a22"/>'
        f'<path d="M320 470c50 40 110 40 160 0l-20 44c-40 24-80 24-120 0z" fill="#c2321d"/>'
    )


def speaker(c: str, d: str, g: str) -> str:
    dots = "".join(
        f'<circle cx="{244 + i * 26}" cy="{360 + r * 26}" r="6" fill="#fff" opacity=".4"/>'
        for r in range(11)
        for i in range(13)
    )
    return (
        f'<rect x="200" y="200" width="400" height="480" rx="150" fill="{g}"/><clipPath id="k"><rect x="214" y="320" width="372" height="330" rx="120"/></clipPath><g clip-path="url(#k)">{dots}</g>'
        f'<ellipse cx="400" cy="250" rx="120" ry="26" fill="{d}"/><path d="M380 250h40M400 232v36" stroke="#fff" stroke-width="8" opacity=".8"/>'
        f'<path d="M560 220c90 30 90 120 30 150" stroke="{d}" stroke-width="18" fill="none" stroke-linecap="round"/>'
    )


def powerbank(c: str, d: str, g: str) -> str:
    return (
        f'<rect x="260" y="180" width="280" height="500" rx="48" fill="{g}"/><rect x="284" y="204" width="232" height="452" rx="34" fill="none" stroke="#fff" stroke-width="5" opacity=".35"/>'
        f'<path d="M420 300l-70 130h50l-20 100 80-140h-54z" fill="#fff" opacity=".9"/><circle cx="340" cy="610" r="9" fill="#bfe6d4"/><circle cx="374" cy="610" r="9" fill="#bfe6d4"/><circle cx="408" cy="610" r="9" fill="#bfe6d4"/><circle cx="442" cy="610" r="9" fill="#fff" opacity=".35"/>'
        f'<path d="M400 180v-50c0-60 150-60 150 20" stroke="{d}" stroke-width="16" fill="none" stroke-linecap="round"/>'
    )


def cap(c: str, d: str, g: str) -> str:
    return (
        f'<path d="M180 560c0-180 90-270 220-270s210 90 210 250z" fill="{g}"/><path d="M180 556c140-60 330-60 500 10 30 16 10 70-30 66-170-30-330-30-460 0-20-20-20-50-10-76z" fill="{d}"/>'
        f'<path d="M400 292c-50 70-70 150-70 230M400 292c60 60 90 150 96 226" stroke="{d}" stroke-width="7" fill="none" opacity=".6"/><circle cx="400" cy="288" r="16" fill="{d}"/>'
        '<path d="M370 440l30-44 30 44z" fill="#fff" opacity=".85"/>'
    )


def socks(c: str, d: str, g: str) -> str:
    one = (
        f'<path d="M60 0h130v250c0 40 30 70 90 110 50 40 20 110-50 110-90 0-170-60-170-150z" fill="{g}"/><rect x="56" y="-8" width="138" height="60" rx="14" fill="{d}"/>'
        f'<path d="M60 110h130M60 150h130" stroke="#fff" stroke-width="14" opacity=".7"/><path d="M236 352c50 40 20 110-50 112" fill="{d}" opacity=".8"/>'
    )
    return f'<g transform="translate(330 190)">{one}</g><g transform="translate(150 216)">{one}</g>'


def tent(c: str, d: str, g: str) -> str:
    return (
        f'<path d="M400 220L90 680h620z" fill="{g}"/><path d="M400 220L290 680h220z" fill="{d}"/><path d="M400 260l-60 420h70z" fill="#f6efe0" opacity=".85"/>'
        f'<path d="M400 220l-20-50M400 220l20-50" stroke="{d}" stroke-width="12" stroke-linecap="round"/><path d="M110 650L40 684M690 650l70 34" stroke="{d}" stroke-width="8" stroke-linecap="round"/>'
        '<path d="M430 300l110 160" stroke="#fff" stroke-width="10" opacity=".4" stroke-linecap="round"/>'
    )


def notebook(c: str, d: str, g: str) -> str:
    rings = "".join(
        f'<path d="M236 {236 + k * 54}h-50" stroke="#8c857b" stroke-width="14" stroke-linecap="round"/>'
        for k in range(8)
    )
    return (
        f'<rect x="250" y="190" width="352" height="490" rx="18" fill="#f3ead8"/><rect x="216" y="176" width="360" height="490" rx="22" fill="{g}"/>{rings}'
        f'<rect x="300" y="270" width="200" height="90" rx="8" fill="#fffaf0"/><path d="M324 302h150M324 328h96" stroke="{d}" stroke-width="7"/><path d="M540 176v490" stroke="{d}" stroke-width="16"/>'
        f'<path d="M620 250l40 20-60 330-30 36-8-46z" fill="{d}"/>'
    )


def watch(c: str, d: str, g: str) -> str:
    return (
        f'<path d="M320 300l20-150h120l20 150zM320 540l20 140h120l20-140z" fill="{d}"/><circle cx="400" cy="420" r="170" fill="{g}"/><circle cx="400" cy="420" r="138" fill="#fbf8f2"/>'
        + "".join(
            f'<path d="M{400 + 112 * sin(pi * k / 6):.0f} {420 - 112 * cos(pi * k / 6):.0f}L{400 + 126 * sin(pi * k / 6):.0f} {420 - 126 * cos(pi * k / 6):.0f}" stroke="{d}" stroke-width="8"/>'
            for k in range(12)
        )
        + f'<path d="M400 420V330M400 420l62 36" stroke="#2a2624" stroke-width="12" stroke-linecap="round"/><circle cx="400" cy="420" r="12" fill="{c}"/><rect x="566" y="400" width="26" height="40" rx="8" fill="{d}"/>'
    )
