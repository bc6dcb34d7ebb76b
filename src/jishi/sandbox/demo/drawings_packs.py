"""Packages, cloth and paper for the studio: what bears the picture of a thing on its label, cover or front.

As in `drawings`: an 800 × 800 box, standing on y = 680; a drawing takes its colour, a darker one and a fill."""

LABELS: dict[str, tuple[int, int, int, str]] = {
    # where the thing's picture goes: centre, size, and the paper under it ("" = none)
    "pouch": (400, 470, 190, "#fffaf0"),
    "box": (372, 450, 210, ""),
    "carton": (380, 470, 180, "#fffaf0"),
    "tube": (400, 400, 120, ""),
    "spray": (400, 510, 120, "#fffaf0"),
    "dropper": (400, 540, 110, "#fffaf0"),
    "can": (400, 450, 190, "#fffaf0"),
    "sack": (400, 480, 220, "#fffaf0"),
    "canister": (400, 470, 180, "#fffaf0"),
    "tin": (400, 470, 150, "#f8f1df"),
    "jar": (400, 500, 150, "#fffaf0"),
    "book": (424, 420, 230, ""),
    "notebook": (420, 420, 180, ""),
    "mug": (306, 540, 130, ""),
    "tee": (400, 400, 190, ""),
    "hoodie": (400, 420, 160, ""),
    "bib": (400, 470, 200, ""),
    "tote": (400, 480, 220, ""),
    "poster": (400, 380, 300, ""),
    "puzzle": (390, 430, 260, ""),
    "plate": (400, 450, 200, ""),
    "cushion": (400, 430, 230, ""),
    "blanket": (440, 400, 150, ""),
    "rug": (400, 520, 190, ""),
    "phonecase": (400, 470, 150, ""),
    "crate": (400, 560, 130, "#f3e3c8"),
}


def pouch(c: str, d: str, g: str) -> str:
    """A stand-up bag with a torn-off edge and a zip."""
    return (
        f'<path d="M240 180h320l18 90-10 350c-2 40-30 60-70 60H302c-40 0-68-20-70-60l-10-350z" fill="{g}"/><path d="M240 180h320l8 40H232z" fill="{d}" opacity=".75"/>'
        f'<path d="M230 262h340" stroke="{d}" stroke-width="7" opacity=".6"/><path d="M246 226h308" stroke="#fff" stroke-width="3" stroke-dasharray="7 7" opacity=".7"/>'
        '<path d="M258 290c-10 120-10 230 4 350" stroke="#fff" stroke-width="20" fill="none" opacity=".24" stroke-linecap="round"/><path d="M548 300c10 110 8 230-4 330" stroke="#000" stroke-width="16" fill="none" opacity=".08"/>'
        f'<rect x="318" y="588" width="164" height="14" rx="6" fill="#fffaf0" opacity=".9"/><rect x="348" y="616" width="104" height="9" rx="4" fill="#fffaf0" opacity=".7"/><path d="M262 650q138 22 276 0" stroke="{d}" stroke-width="6" fill="none" opacity=".5"/>'
    )


def box(c: str, d: str, g: str) -> str:
    """A gift or shipping box of card, its lid on, seen a little from the side."""
    return (
        f'<path d="M560 260l90 46v330l-90 44z" fill="{d}"/><rect x="180" y="260" width="384" height="420" rx="6" fill="{g}"/><path d="M166 214h412v78H166z" fill="{c}"/><path d="M578 214l86 40v66l-86-28z" fill="{d}"/>'
        f'<path d="M166 286h412" stroke="{d}" stroke-width="6" opacity=".5"/><circle cx="372" cy="450" r="128" fill="#fffaf0" opacity=".92"/><circle cx="372" cy="450" r="116" fill="none" stroke="{d}" stroke-width="4" opacity=".6"/>'
        '<rect x="280" y="606" width="184" height="14" rx="6" fill="#fff" opacity=".85"/><rect x="312" y="634" width="120" height="9" rx="4" fill="#fff" opacity=".6"/><path d="M196 300v360" stroke="#fff" stroke-width="10" opacity=".22"/>'
    )


def carton(c: str, d: str, g: str) -> str:
    """A drink carton with a gable and a cap."""
    return (
        f'<path d="M540 300l70 34v314l-70 32z" fill="{d}"/><rect x="230" y="300" width="312" height="380" fill="{g}"/><path d="M230 300l46-96h220l46 96z" fill="{c}"/><path d="M496 204l74 24 40 106-68-34z" fill="{d}"/><rect x="270" y="160" width="230" height="50" rx="4" fill="{d}"/>'
        '<rect x="344" y="226" width="82" height="34" rx="10" fill="#fffaf0"/><rect x="352" y="210" width="66" height="26" rx="8" fill="#f1e6d2"/><rect x="290" y="590" width="190" height="14" rx="6" fill="#fffaf0" opacity=".9"/><rect x="326" y="616" width="116" height="9" rx="4" fill="#fffaf0" opacity=".7"/>'
        '<path d="M246 316v350" stroke="#fff" stroke-width="10" opacity=".26"/>'
    )


def tube(c: str, d: str, g: str) -> str:
    """A tube of cream on its cap."""
    return (
        f'<path d="M286 150h228l-14 420H300z" fill="{g}"/><path d="M280 130h240v36H280z" fill="{d}" opacity=".7"/><path d="M290 138v22M310 138v22M330 138v22M350 138v22M370 138v22M390 138v22M410 138v22M430 138v22M450 138v22M470 138v22M490 138v22" stroke="#fff" stroke-width="4" opacity=".35"/>'
        f'<path d="M306 570h188l8 110H298z" fill="{d}"/><path d="M330 578v96M370 578v96M410 578v96M450 578v96" stroke="#fff" stroke-width="4" opacity=".2"/><rect x="330" y="250" width="140" height="16" rx="6" fill="#fffaf0"/><rect x="350" y="282" width="100" height="9" rx="4" fill="#fffaf0" opacity=".75"/>'
        '<rect x="344" y="500" width="112" height="9" rx="4" fill="#fffaf0" opacity=".75"/><path d="M312 190l10 350" stroke="#fff" stroke-width="18" opacity=".28" stroke-linecap="round"/>'
    )


def spray(c: str, d: str, g: str) -> str:
    """A bottle with a trigger."""
    return (
        f'<path d="M340 250h110v60H340z" fill="{d}"/><path d="M290 150h190c30 0 40 20 40 50v20H430v40h-80v-50h-60z" fill="{d}"/><path d="M290 150h-30v44h36z" fill="{c}"/><path d="M470 230c30 20 36 60 30 90" stroke="{d}" stroke-width="22" fill="none" stroke-linecap="round"/>'
        f'<path d="M330 310h140c50 30 66 80 66 130v190a50 50 0 0 1-50 50H314a50 50 0 0 1-50-50V440c0-50 16-100 66-130z" fill="{g}"/><rect x="300" y="600" width="200" height="12" rx="6" fill="#fffaf0" opacity=".85"/><path d="M292 430c0-40 16-70 44-96" stroke="#fff" stroke-width="16" fill="none" stroke-linecap="round" opacity=".35"/>'
    )


def dropper(c: str, d: str, g: str) -> str:
    """A small bottle with a pipette."""
    return (
        f'<path d="M372 120c0-30 56-30 56 0l6 90h-68z" fill="#2f2c2a"/><rect x="344" y="206" width="112" height="70" rx="10" fill="{d}"/><path d="M356 214v54M376 214v54M396 214v54M416 214v54M436 214v54" stroke="#fff" stroke-width="4" opacity=".3"/><rect x="356" y="276" width="88" height="50" fill="{c}" opacity=".8"/>'
        f'<path d="M310 326h180c40 8 60 40 60 80v220a54 54 0 0 1-54 54H304a54 54 0 0 1-54-54V406c0-40 20-72 60-80z" fill="{g}" opacity=".94"/><path d="M284 420v200" stroke="#fff" stroke-width="18" opacity=".35" stroke-linecap="round"/><rect x="320" y="440" width="160" height="12" rx="6" fill="#fffaf0" opacity=".9"/><rect x="340" y="630" width="120" height="9" rx="4" fill="#fffaf0" opacity=".8"/>'
    )


def can(c: str, d: str, g: str) -> str:
    """A tin can with a ring."""
    return (
        f'<path d="M236 230h328v420c0 40-328 40-328 0z" fill="{g}"/><ellipse cx="400" cy="230" rx="164" ry="40" fill="#dcd9d3"/><ellipse cx="400" cy="226" rx="140" ry="30" fill="#c5c1b9"/><path d="M380 222c0-18 46-18 46 0s-46 18-46 0z" fill="#efece6"/>'
        f'<path d="M236 292q164 40 328 0" stroke="#fff" stroke-width="6" fill="none" opacity=".4"/><path d="M236 610q164 44 328 0v40c0 40-328 40-328 0z" fill="{d}" opacity=".7"/><rect x="320" y="566" width="160" height="14" rx="6" fill="#fffaf0" opacity=".9"/><path d="M262 270v370" stroke="#fff" stroke-width="22" opacity=".22"/>'
    )


def sack(c: str, d: str, g: str) -> str:
    """A big paper bag of food for animals, or of rice."""
    return (
        f'<path d="M214 150h372l22 60-16 440c0 20-14 30-34 30H242c-20 0-34-10-34-30l-16-440z" fill="{g}"/><path d="M214 150h372l10 34H204z" fill="{d}"/><path d="M210 166h380" stroke="#fff" stroke-width="4" stroke-dasharray="10 8" opacity=".7"/>'
        f'<path d="M206 230q194 60 388 0l-2 70q-192 56-384 0z" fill="#fffaf0" opacity=".92"/><rect x="290" y="262" width="220" height="18" rx="6" fill="{d}"/><rect x="300" y="622" width="200" height="16" rx="6" fill="#fffaf0" opacity=".85"/><path d="M230 320c4 110 8 210 14 330M570 320c-4 120-8 210-14 330" stroke="#fff" stroke-width="12" opacity=".2" fill="none"/>'
    )


def canister(c: str, d: str, g: str) -> str:
    """A round box of card with a lid."""
    return (
        f'<path d="M250 250h300v390c0 36-300 36-300 0z" fill="{g}"/><path d="M240 200h320v84c0 30-320 30-320 0z" fill="{d}"/><ellipse cx="400" cy="200" rx="160" ry="34" fill="{c}"/><ellipse cx="400" cy="198" rx="130" ry="24" fill="#fff" opacity=".18"/>'
        '<rect x="320" y="584" width="160" height="14" rx="6" fill="#fffaf0" opacity=".9"/><rect x="346" y="610" width="108" height="9" rx="4" fill="#fffaf0" opacity=".7"/><path d="M276 300v330" stroke="#fff" stroke-width="20" opacity=".22"/>'
    )


def tee(c: str, d: str, g: str) -> str:
    return (
        f'<path d="M290 190c40 40 180 40 220 0l110 60 60 130-90 50-34-60v310H244V370l-34 60-90-50 60-130z" fill="{g}"/><path d="M290 190c40 60 180 60 220 0l-14-8c-40 40-152 40-192 0z" fill="{d}"/>'
        f'<path d="M244 370v300M556 370v300" stroke="{d}" stroke-width="6" opacity=".3"/><path d="M270 420c-6 80-4 160 0 250M520 440c8 70 4 150-4 230" stroke="#000" stroke-width="10" fill="none" opacity=".06"/><path d="M246 658h308" stroke="{d}" stroke-width="4" stroke-dasharray="8 6" opacity=".5"/>'
    )


def hoodie(c: str, d: str, g: str) -> str:
    return (
        f'<path d="M290 200c30-80 190-80 220 0l100 50 70 300-80 30-44-160v250H244V420l-44 160-80-30 70-300z" fill="{g}"/><path d="M290 210c20-90 200-90 220 0-20 60-60 90-110 90s-90-30-110-90z" fill="{d}"/><path d="M326 214c20-50 128-50 148 0-14 40-44 56-74 56s-60-16-74-56z" fill="{c}" opacity=".55"/>'
        f'<path d="M372 290v90M428 290v90" stroke="#fffaf0" stroke-width="8" stroke-linecap="round"/><path d="M300 530h200l40 90H260z" fill="{d}" opacity=".4"/><path d="M246 646h308" stroke="{d}" stroke-width="16" opacity=".5"/>'
    )


def bib(c: str, d: str, g: str) -> str:
    return (
        f'<path d="M300 150c-80 40-120 180-110 320 8 130 90 210 210 210s202-80 210-210c10-140-30-280-110-320 30 90-20 150-100 150s-130-60-100-150z" fill="{g}"/><path d="M304 158c-24 92 16 152 96 152s120-60 96-152" stroke="#fffaf0" stroke-width="14" fill="none"/>'
        f'<path d="M206 470c8 120 84 192 194 192s186-72 194-192" stroke="#fffaf0" stroke-width="6" stroke-dasharray="12 9" fill="none" opacity=".85"/><circle cx="312" cy="150" r="16" fill="{d}"/><circle cx="488" cy="150" r="16" fill="{d}"/>'
    )


def tote(c: str, d: str, g: str) -> str:
    return (
        f'<path d="M310 330C300 90 500 90 490 330" stroke="{d}" stroke-width="26" fill="none"/><path d="M220 320h360l24 340c0 14-8 20-20 20H216c-12 0-20-6-20-20z" fill="{g}"/><path d="M222 320h356l4 40H218z" fill="{d}" opacity=".4"/>'
        f'<path d="M224 352h352" stroke="#fffaf0" stroke-width="4" stroke-dasharray="9 7" opacity=".8"/><path d="M250 380c-10 90-16 180-20 290M548 390c12 90 18 170 20 280" stroke="#000" stroke-width="10" opacity=".07" fill="none"/>'
    )


def poster(c: str, d: str, g: str) -> str:
    """A framed print."""
    return (
        f'<rect x="176" y="110" width="448" height="570" fill="{d}"/><rect x="192" y="126" width="416" height="538" fill="#fbf7ee"/><rect x="226" y="160" width="348" height="430" fill="{g}"/><circle cx="400" cy="380" r="160" fill="#fff" opacity=".2"/>'
        f'<rect x="300" y="616" width="200" height="12" rx="4" fill="{d}" opacity=".7"/><path d="M192 126l416 0-240 538H192z" fill="#fff" opacity=".08"/>'
    )


def puzzle(c: str, d: str, g: str) -> str:
    """A flat box of a game, standing."""
    return (
        f'<path d="M600 190l60 30v460h-60z" fill="{d}"/><rect x="180" y="190" width="420" height="490" fill="{g}"/><rect x="206" y="290" width="368" height="290" rx="10" fill="#fffaf0" opacity=".92"/><rect x="230" y="222" width="240" height="28" rx="8" fill="#fffaf0"/>'
        f'<rect x="230" y="260" width="140" height="12" rx="5" fill="#fffaf0" opacity=".7"/><circle cx="540" cy="628" r="30" fill="#fffaf0"/><path d="M528 628h24M540 616v24" stroke="{d}" stroke-width="8"/><rect x="230" y="616" width="180" height="14" rx="6" fill="#fffaf0" opacity=".8"/><path d="M206 435h368M390 290v290" stroke="{d}" stroke-width="2" opacity=".14"/>'
    )


def plate(c: str, d: str, g: str) -> str:
    return (
        f'<ellipse cx="400" cy="664" rx="180" ry="18" fill="{d}" opacity=".6"/><circle cx="400" cy="450" r="226" fill="{g}"/><circle cx="400" cy="450" r="226" fill="none" stroke="{d}" stroke-width="8" opacity=".5"/><circle cx="400" cy="450" r="156" fill="#fff" opacity=".34"/><circle cx="400" cy="450" r="156" fill="none" stroke="{d}" stroke-width="3" opacity=".4"/>'
        '<path d="M214 380c30-80 80-120 150-140" stroke="#fff" stroke-width="14" fill="none" stroke-linecap="round" opacity=".5"/>'
    )


def cushion(c: str, d: str, g: str) -> str:
    return (
        f'<path d="M190 250c120-30 300-30 420 0 30 110 30 280 0 400-120 40-300 40-420 0-30-120-30-290 0-400z" fill="{g}"/><path d="M200 262c-24 112-24 262 0 376M600 262c24 112 24 262 0 376M204 258c118-26 274-26 392 0M204 640c118 32 274 32 392 0" stroke="{d}" stroke-width="8" fill="none" opacity=".45"/>'
        f'<path d="M190 250c24 26 34 46 40 74M610 250c-24 26-34 46-40 74M190 650c24-20 34-40 40-64M610 650c-24-20-34-40-40-64" stroke="{d}" stroke-width="6" fill="none" opacity=".5"/>'
    )


def blanket(c: str, d: str, g: str) -> str:
    """Folded, one corner turned over."""
    folds = "".join(
        f'<rect x="170" y="{540 - k * 74}" width="460" height="76" rx="36" fill="{g if k % 2 else c}"/><path d="M196 {600 - k * 74}h410" stroke="{d}" stroke-width="5" opacity=".35"/>'
        for k in range(4)
    )
    return (
        f'<rect x="170" y="604" width="460" height="76" rx="36" fill="{d}"/>{folds}<path d="M270 318h320l30 130-90 60H300z" fill="{g}"/><path d="M300 508h230l90-60" stroke="{d}" stroke-width="6" fill="none" opacity=".5"/>'
        + "".join(f'<path d="M{x} 508v30" stroke="{d}" stroke-width="6" opacity=".7"/>' for x in range(306, 530, 18))
    )


def rug(c: str, d: str, g: str) -> str:
    fringe = "".join(
        f'<path d="M{x} 380l-6-26" stroke="{d}" stroke-width="6"/><path d="M{x - 20 + (x - 400) // 6} 672l-4 20" stroke="{d}" stroke-width="6"/>'
        for x in range(220, 600, 20)
    )
    return (
        f'{fringe}<path d="M210 376h380l80 300H130z" fill="{g}"/><path d="M240 400h320l64 250H176z" fill="none" stroke="#fffaf0" stroke-width="10" opacity=".8"/><path d="M262 424h276l52 204H210z" fill="{d}" opacity=".35"/>'
        '<ellipse cx="400" cy="524" rx="130" ry="86" fill="#fffaf0" opacity=".5"/>'
    )


def phonecase(c: str, d: str, g: str) -> str:
    return (
        f'<rect x="266" y="120" width="268" height="560" rx="56" fill="{g}"/><rect x="266" y="120" width="268" height="560" rx="56" fill="none" stroke="{d}" stroke-width="10"/><rect x="296" y="150" width="116" height="116" rx="34" fill="{d}"/>'
        '<circle cx="328" cy="182" r="22" fill="#1c1b1d"/><circle cx="380" cy="234" r="22" fill="#1c1b1d"/><circle cx="328" cy="234" r="12" fill="#fff6d0"/><circle cx="322" cy="176" r="6" fill="#fff" opacity=".5"/><circle cx="374" cy="228" r="6" fill="#fff" opacity=".5"/><path d="M290 320v300" stroke="#fff" stroke-width="14" opacity=".25" stroke-linecap="round"/>'
    )


def crate(c: str, d: str, g: str) -> str:
    """A wooden crate, its goods heaped in paper straw."""
    straw = "".join(
        f'<path d="M{190 + k * 26} 400q{14 if k % 2 else -14} -{60 + (k * 37) % 50} {30 if k % 3 else -20} -{80 + (k * 23) % 40}" stroke="{"#e8cf9a" if k % 2 else "#d9b878"}" stroke-width="9" fill="none" stroke-linecap="round"/>'
        for k in range(17)
    )
    slats = "".join(f'<rect x="160" y="{400 + k * 96}" width="480" height="80" rx="6" fill="{g}"/>' for k in range(3))
    return f'{straw}{slats}<rect x="170" y="392" width="46" height="288" fill="{d}"/><rect x="584" y="392" width="46" height="288" fill="{d}"/><path d="M176 440h452M176 536h452M176 632h452" stroke="#000" stroke-width="3" opacity=".12"/>'
