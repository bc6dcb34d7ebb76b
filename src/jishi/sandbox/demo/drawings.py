"""Objects for the studio: each is drawn in an 800 × 800 box and stands on y = 680.

A drawing takes its colour, a darker one, and a fill (the gradient between them) and answers SVG."""

LEAF = "M{x} {y}c0-60 44-96 104-100 4 66-34 106-104 100z"


def flask(c: str, d: str, g: str) -> str:
    return (
        f'<rect x="250" y="250" width="300" height="430" rx="56" fill="{g}"/><rect x="268" y="180" width="264" height="90" rx="28" fill="{d}"/>'
        f'<rect x="330" y="140" width="140" height="50" rx="18" fill="{d}"/><rect x="290" y="300" width="34" height="330" rx="17" fill="#fff" opacity=".28"/>'
        '<circle cx="400" cy="470" r="42" fill="none" stroke="#fff" stroke-width="8" opacity=".85"/><path d="M400 428c18 18 18 66 0 84" stroke="#fff" stroke-width="8" fill="none" opacity=".85"/>'
    )


def cup(c: str, d: str, g: str) -> str:
    return (
        f'<ellipse cx="380" cy="652" rx="230" ry="34" fill="{d}"/><ellipse cx="380" cy="644" rx="214" ry="28" fill="{c}"/><path d="M520 360c110-20 120 150-14 160" stroke="{d}" stroke-width="30" fill="none"/>'
        f'<path d="M230 310h300l-30 280a50 50 0 0 1-50 44H310a50 50 0 0 1-50-44z" fill="{g}"/><ellipse cx="380" cy="312" rx="150" ry="30" fill="{d}"/><ellipse cx="380" cy="316" rx="130" ry="22" fill="#5d3118"/>'
        '<path d="M330 262c-22-30 22-46 0-80M410 262c-22-30 22-46 0-80" stroke="#fff" stroke-width="12" fill="none" stroke-linecap="round" opacity=".6"/>'
    )


def mug(c: str, d: str, g: str) -> str:
    one = (
        f'<path d="M420 330c96-10 96 190-6 190" stroke="{d}" stroke-width="34" fill="none"/><rect x="180" y="270" width="250" height="330" rx="34" fill="{g}"/>'
        f'<path d="M180 380q62-46 125 0t125 0v-76a34 34 0 0 0-34-34H214a34 34 0 0 0-34 34z" fill="{d}"/><ellipse cx="305" cy="276" rx="122" ry="22" fill="#16222e"/>'
    )
    return (
        f'<g transform="translate(170 30) scale(.92)" opacity=".96">{one}</g><g transform="translate(0 80)">{one}</g>'
    )


def pot(c: str, d: str, g: str) -> str:
    return (
        f'<path d="M200 470c0-130 90-190 200-190s200 60 200 190c0 140-90 210-200 210s-200-70-200-210z" fill="{g}"/><path d="M584 470c80-10 60-120 128-150" stroke="{c}" stroke-width="46" fill="none" stroke-linecap="round"/>'
        f'<path d="M215 420c-130-50-130 180 10 150" stroke="{d}" stroke-width="32" fill="none"/><ellipse cx="400" cy="292" rx="116" ry="26" fill="{d}"/><circle cx="400" cy="248" r="28" fill="{d}"/>'
        '<path d="M270 400c20-50 60-70 100-76" stroke="#fff" stroke-width="16" fill="none" stroke-linecap="round" opacity=".28"/>'
    )


def kyusu(c: str, d: str, g: str) -> str:
    dots = "".join(
        f'<circle cx="{240 + i * 40 + (r % 2) * 20}" cy="{430 + r * 40}" r="9" fill="{d}" opacity=".75"/>'
        for r in range(5)
        for i in range(9)
        if 190 < 240 + i * 40 + (r % 2) * 20 < 610
    )
    return (
        f'<path d="M210 390c0-300 380-300 380 0" stroke="{d}" stroke-width="24" fill="none"/><path d="M180 500c0-90 60-150 220-150s220 60 220 150c0 110-70 180-220 180S180 610 180 500z" fill="{g}"/>'
        f'{dots}<path d="M606 470c50-6 56-60 104-76" stroke="{c}" stroke-width="44" fill="none" stroke-linecap="round"/><ellipse cx="400" cy="356" rx="120" ry="24" fill="{d}"/><circle cx="400" cy="324" r="20" fill="{d}"/>'
    )


def glass(c: str, d: str, g: str) -> str:
    return (
        f'<path d="M270 230h260l-24 410a40 40 0 0 1-40 40H334a40 40 0 0 1-40-40z" fill="{g}" opacity=".75"/><path d="M280 380h240l-14 258a36 36 0 0 1-38 34H332a36 36 0 0 1-38-34z" fill="{d}" opacity=".7"/>'
        f'<path d="M480 120l-44 520" stroke="{d}" stroke-width="14"/><rect x="320" y="430" width="70" height="70" rx="10" fill="#fff" opacity=".5" transform="rotate(14 355 465)"/><rect x="410" y="500" width="64" height="64" rx="10" fill="#fff" opacity=".42" transform="rotate(-12 442 532)"/>'
        '<path d="M300 270l16 330" stroke="#fff" stroke-width="12" opacity=".5" stroke-linecap="round"/>'
    )


def book(c: str, d: str, g: str) -> str:
    return (
        f'<rect x="190" y="604" width="430" height="76" rx="10" fill="#3f6a86"/><rect x="206" y="616" width="414" height="50" fill="#f7f1e3"/><path d="M206 634h414M206 650h414" stroke="#d8cdb4" stroke-width="4"/>'
        f'<rect x="272" y="166" width="300" height="438" rx="8" fill="#f7f1e3"/><rect x="250" y="160" width="304" height="444" rx="10" fill="{g}"/><rect x="250" y="160" width="40" height="444" rx="8" fill="{d}"/>'
        f'<rect x="330" y="216" width="180" height="20" rx="4" fill="#fff" opacity=".92"/><rect x="330" y="252" width="110" height="12" rx="4" fill="#fff" opacity=".7"/><circle cx="466" cy="366" r="34" fill="#f3c566"/>'
        f'<path d="M316 520l70-110 44 60 34-44 66 94z" fill="#fff" opacity=".85"/><path d="M316 548h214" stroke="#fff" stroke-width="8" opacity=".6"/>'
    )


def rings(c: str, d: str, g: str) -> str:
    rows = [(240, "#c2452d"), (216, "#e59a35"), (190, "#8aa845"), (164, "#3f86a8"), (136, "#7a5a9c")]
    body = "".join(
        f'<rect x="{400 - w}" y="{572 - k * 70}" width="{2 * w}" height="72" rx="36" fill="{col}"/><rect x="{420 - w}" y="{584 - k * 70}" width="{w}" height="12" rx="6" fill="#fff" opacity=".3"/>'
        for k, (w, col) in enumerate(rows)
    )
    return f'<rect x="378" y="160" width="44" height="480" rx="22" fill="{d}"/>{body}<rect x="190" y="640" width="420" height="40" rx="18" fill="{g}"/><circle cx="400" cy="216" r="64" fill="{c}"/><circle cx="378" cy="196" r="16" fill="#fff" opacity=".4"/>'


def bowl(c: str, d: str, g: str) -> str:
    kib = "".join(
        f'<circle cx="{x}" cy="{y}" r="24" fill="{k}"/>'
        for x, y, k in [
            (270, 452, "#8b5a2e"),
            (320, 436, "#a06a38"),
            (372, 428, "#8b5a2e"),
            (426, 430, "#a8743e"),
            (480, 436, "#8b5a2e"),
            (530, 452, "#a06a38"),
            (344, 456, "#a8743e"),
            (400, 452, "#95622f"),
            (456, 458, "#a06a38"),
        ]
    )
    return (
        f'<ellipse cx="400" cy="462" rx="222" ry="50" fill="{d}"/>{kib}<path d="M178 466c60 62 384 62 444 0l52 176a34 34 0 0 1-34 38H160a34 34 0 0 1-34-38z" fill="{g}"/>'
        '<g fill="#fff" opacity=".92"><ellipse cx="400" cy="622" rx="36" ry="28"/><circle cx="350" cy="586" r="16"/><circle cx="384" cy="566" r="17"/><circle cx="420" cy="566" r="17"/><circle cx="452" cy="586" r="16"/></g>'
        f'<rect x="120" y="658" width="560" height="22" rx="11" fill="{d}"/>'
    )


def bottle(c: str, d: str, g: str) -> str:
    marks = "".join(
        f'<path d="M506 {430 + k * 44}h{-44 if k % 2 else -66}" stroke="{d}" stroke-width="7" opacity=".7"/>'
        for k in range(5)
    )
    return (
        f'<path d="M362 220c0-40 16-44 16-84a22 22 0 0 1 44 0c0 40 16 44 16 84z" fill="#efc9a4"/><path d="M330 222h140l14 40H316z" fill="#e9ba90"/><rect x="296" y="256" width="208" height="70" rx="18" fill="{c}"/><path d="M320 262v58M352 262v58M384 262v58M416 262v58M448 262v58M480 262v58" stroke="{d}" stroke-width="6" opacity=".5"/>'
        f'<path d="M290 330h220c20 40 16 90 6 120s0 60 4 90v84a56 56 0 0 1-56 56H336a56 56 0 0 1-56-56v-84c4-30 14-60 4-90s-14-80 6-120z" fill="#f3efe6" opacity=".86"/><path d="M284 470c60 18 160-18 232 0-6 26 2 48 4 70v84a56 56 0 0 1-56 56H336a56 56 0 0 1-56-56v-84c2-24 12-46 4-70z" fill="#fffdf6"/>'
        f'{marks}<path d="M312 360c-8 40 4 80 2 110" stroke="#fff" stroke-width="14" fill="none" stroke-linecap="round"/><circle cx="356" cy="580" r="30" fill="{c}" opacity=".85"/><path d="M340 582q16 18 32 0" stroke="#fff" stroke-width="6" fill="none" stroke-linecap="round"/>'
    )


def headphones(c: str, d: str, g: str) -> str:
    return (
        f'<path d="M200 500C180 60 620 60 600 500" stroke="{d}" stroke-width="44" fill="none" stroke-linecap="round"/><path d="M222 420C240 130 560 130 578 420" stroke="{c}" stroke-width="16" fill="none" opacity=".7"/>'
        f'<rect x="140" y="430" width="120" height="230" rx="56" fill="{g}"/><rect x="236" y="446" width="60" height="198" rx="30" fill="#2a2624"/><rect x="540" y="430" width="120" height="230" rx="56" fill="{g}"/><rect x="504" y="446" width="60" height="198" rx="30" fill="#2a2624"/>'
        '<rect x="164" y="470" width="16" height="130" rx="8" fill="#fff" opacity=".35"/><circle cx="616" cy="616" r="7" fill="#bfe6d4"/>'
    )


def lamp(c: str, d: str, g: str) -> str:
    return (
        f'<path d="M150 430l120 250h330z" fill="#ffe7a8" opacity=".55"/><ellipse cx="520" cy="664" rx="130" ry="24" fill="{d}"/><path d="M520 660L600 400 390 250" stroke="{d}" stroke-width="22" fill="none" stroke-linejoin="round"/><circle cx="600" cy="400" r="24" fill="{c}"/>'
        f'<path d="M410 190L190 300l-40 130 330-150z" fill="{g}"/><ellipse cx="314" cy="358" rx="184" ry="30" transform="rotate(-24 314 358)" fill="#fff3c9"/><rect x="380" y="180" width="60" height="60" rx="18" transform="rotate(-26 410 210)" fill="{d}"/>'
    )


def shoe(c: str, d: str, g: str) -> str:
    return (
        f'<path d="M120 590c-6-90 18-170 40-220 50 34 110 20 150-22 20 10 34 22 44 36 50 66 120 96 210 110 76 12 116 50 116 112z" fill="{g}"/><path d="M160 370c50 34 110 20 150-22l20 15c-40 60-130 80-180 40z" fill="{d}"/>'
        f'<path d="M500 486c70 10 180 20 180 120H520c-20-40-26-80-20-120z" fill="{d}" opacity=".55"/><path d="M366 396l-40 44M404 428l-40 46M444 454l-36 48M486 474l-30 48" stroke="#fff" stroke-width="14" stroke-linecap="round"/>'
        f'<path d="M190 560c60-60 120-60 200-20" stroke="#fff" stroke-width="18" fill="none" stroke-linecap="round" opacity=".85"/><path d="M108 590h580c14 60-16 90-70 90H180c-50 0-80-40-72-90z" fill="#fbf8f2"/><path d="M112 634h574" stroke="{d}" stroke-width="10" opacity=".6"/>'
    )


def tin(c: str, d: str, g: str) -> str:
    return (
        f'<rect x="250" y="280" width="300" height="380" fill="{g}"/><ellipse cx="400" cy="660" rx="150" ry="24" fill="{d}"/><rect x="240" y="200" width="320" height="100" fill="{d}"/><ellipse cx="400" cy="300" rx="160" ry="24" fill="{d}"/><ellipse cx="400" cy="200" rx="160" ry="26" fill="{c}"/><ellipse cx="400" cy="197" rx="120" ry="17" fill="{d}" opacity=".35"/>'
        f'<path d="M250 372q150 40 300 0v200q-150 40-300 0z" fill="#f8f1df"/><path d="{LEAF.format(x=396, y=520)}" fill="{d}"/><path d="M396 520c-50 4-84-20-84-70 50 0 84 20 84 70z" fill="{c}"/><path d="M396 560v-46" stroke="{d}" stroke-width="8"/><rect x="272" y="320" width="22" height="320" rx="11" fill="#fff" opacity=".22"/>'
    )


def scarf(c: str, d: str, g: str) -> str:
    def plaid(x: int, y: int, w: int, h: int) -> str:
        across = "".join(
            f'<rect x="{x}" y="{y + k}" width="{w}" height="14" fill="#fff" opacity=".55"/>'
            for k in range(40, h - 20, 84)
        )
        down = "".join(
            f'<rect x="{x + k}" y="{y}" width="16" height="{h}" fill="{d}" opacity=".45"/>'
            for k in range(30, w - 16, 66)
        )
        return across + down

    fringe = "".join(
        f'<path d="M{x} 640v40" stroke="{c}" stroke-width="9" stroke-linecap="round"/>'
        for x in list(range(252, 400, 20)) + list(range(452, 592, 20))
    )
    return (
        f'<rect x="236" y="330" width="170" height="312" rx="6" fill="{g}"/>{plaid(236, 330, 170, 312)}<rect x="436" y="360" width="166" height="282" rx="6" fill="{g}"/>{plaid(436, 360, 166, 282)}{fringe}'
        f'<path d="M170 330c0-110 110-170 240-170s236 60 236 170c0 70-110 120-236 120S170 400 170 330z" fill="{g}"/><path d="M176 300c60 60 160 80 234 80s180-20 230-86" stroke="{d}" stroke-width="18" fill="none" opacity=".5"/><path d="M200 246c70 50 140 60 210 60s150-14 206-62" stroke="#fff" stroke-width="14" fill="none" opacity=".55"/>'
        f'<path d="M300 176c-20 80 0 190 40 262M510 176c30 90 10 190-30 264" stroke="{d}" stroke-width="14" fill="none" opacity=".4"/><ellipse cx="410" cy="232" rx="130" ry="36" fill="{d}" opacity=".8"/>'
    )


def backpack(c: str, d: str, g: str) -> str:
    return (
        f'<path d="M330 190c0-80 140-80 140 0" stroke="{d}" stroke-width="24" fill="none"/><path d="M216 330c-60 40-66 190-40 270" stroke="{d}" stroke-width="36" fill="none" stroke-linecap="round"/><path d="M584 330c60 40 66 190 40 270" stroke="{d}" stroke-width="36" fill="none" stroke-linecap="round"/>'
        f'<path d="M210 330c0-110 80-150 190-150s190 40 190 150v290a60 60 0 0 1-60 60H270a60 60 0 0 1-60-60z" fill="{g}"/><path d="M240 330c30-90 290-90 320 0" stroke="{d}" stroke-width="10" fill="none"/><rect x="262" y="440" width="276" height="190" rx="34" fill="{d}" opacity=".55"/><path d="M280 486h240" stroke="#fff" stroke-width="8" opacity=".7"/><rect x="488" y="480" width="14" height="54" rx="7" fill="#f0c15a"/>'
        '<rect x="360" y="330" width="80" height="52" rx="8" fill="#f6efe0"/><path d="M376 368l18-24 12 14 10-10 10 20z" fill="#4c6b57"/>'
    )


def candle(c: str, d: str, g: str) -> str:
    return (
        f'<path d="M400 150c44 60 34 110 0 116-34-6-44-56 0-116z" fill="#f6b23f"/><path d="M400 196c20 30 16 62 0 66-16-4-20-36 0-66z" fill="#fff0c2"/><path d="M400 262v60" stroke="#3b322b" stroke-width="8"/><rect x="250" y="330" width="300" height="350" rx="34" fill="{g}"/><rect x="250" y="310" width="300" height="60" rx="30" fill="#fff8ea"/>'
        f'<rect x="304" y="430" width="192" height="160" rx="8" fill="#fbf6ea"/><rect x="334" y="466" width="132" height="14" rx="4" fill="{d}"/><rect x="354" y="496" width="92" height="10" rx="4" fill="{d}" opacity=".6"/><circle cx="400" cy="548" r="18" fill="none" stroke="{d}" stroke-width="5"/>'
    )


def pump(c: str, d: str, g: str) -> str:
    return (
        f'<path d="M400 210v-64h-96" stroke="{d}" stroke-width="30" fill="none" stroke-linecap="round" stroke-linejoin="round"/><rect x="352" y="200" width="96" height="70" rx="14" fill="{d}"/><path d="M270 330c0-40 40-60 90-60h80c50 0 90 20 90 60v300a50 50 0 0 1-50 50H320a50 50 0 0 1-50-50z" fill="{g}"/>'
        f'<rect x="270" y="420" width="260" height="150" fill="#fffaf0" opacity=".92"/><rect x="310" y="456" width="180" height="16" rx="4" fill="{d}"/><rect x="340" y="490" width="120" height="10" rx="4" fill="{d}" opacity=".6"/><rect x="360" y="518" width="80" height="10" rx="4" fill="{d}" opacity=".6"/><rect x="292" y="330" width="20" height="320" rx="10" fill="#fff" opacity=".3"/>'
    )


def camera(c: str, d: str, g: str) -> str:
    return (
        f'<rect x="150" y="300" width="500" height="380" rx="60" fill="{g}"/><rect x="150" y="560" width="500" height="120" rx="40" fill="{d}" opacity=".35"/><rect x="230" y="252" width="120" height="60" rx="20" fill="{d}"/><rect x="500" y="340" width="90" height="60" rx="14" fill="#2b2a2c"/><rect x="510" y="350" width="70" height="40" rx="8" fill="#cfe4f2"/><circle cx="400" cy="490" r="140" fill="#f7f4ee"/><circle cx="400" cy="490" r="108" fill="#2b2a2c"/><circle cx="400" cy="490" r="70" fill="#3c4a60"/><circle cx="372" cy="460" r="24" fill="#fff" opacity=".55"/>'
        '<circle cx="212" cy="372" r="22" fill="#e3573a"/>'
    )


def coffee(c: str, d: str, g: str) -> str:
    return f'<path d="M240 250h320l26 380a50 50 0 0 1-50 50H264a50 50 0 0 1-50-50z" fill="{g}"/><path d="M236 180h328v76H236z" fill="{d}"/><path d="M236 206h328M236 230h328" stroke="#fff" stroke-width="5" opacity=".35"/><rect x="280" y="360" width="240" height="210" rx="12" fill="#fbf4e6"/><ellipse cx="400" cy="444" rx="40" ry="54" fill="{d}" transform="rotate(26 400 444)"/><path d="M384 494c30-30-10-60 34-98" stroke="#fbf4e6" stroke-width="8" fill="none"/><rect x="320" y="526" width="160" height="14" rx="5" fill="{d}" opacity=".7"/>'


def beanie(c: str, d: str, g: str) -> str:
    ribs = "".join(f'<path d="M{x} 560v104" stroke="{d}" stroke-width="9" opacity=".6"/>' for x in range(236, 580, 34))
    knit = "".join(
        f'<path d="M{400 + k * 56} {250 + abs(k) * 26}q{k * 12} 150 {k * 10} {300 - abs(k) * 26}" stroke="{d}" stroke-width="7" opacity=".4" fill="none"/>'
        for k in range(-3, 4)
    )
    return f'<circle cx="400" cy="190" r="70" fill="#efd9b4"/><path d="M216 560c-20-220 90-320 184-320s204 100 184 320z" fill="{g}"/>{knit}<rect x="196" y="540" width="408" height="140" rx="44" fill="{c}"/>{ribs}'


def keyboard(c: str, d: str, g: str) -> str:
    keys = "".join(
        f'<rect x="{150 + i * 52}" y="{432 + r * 54}" width="44" height="44" rx="9" fill="{"#e0684a" if (r, i) in ((0, 0), (3, 9)) else "#fbf7ef"}"/>'
        for r in range(3)
        for i in range(10)
    )
    return f'<rect x="120" y="400" width="560" height="280" rx="34" fill="{d}"/><rect x="120" y="392" width="560" height="272" rx="34" fill="{g}"/>{keys}<rect x="150" y="594" width="96" height="44" rx="9" fill="#fbf7ef"/><rect x="254" y="594" width="304" height="44" rx="9" fill="#fbf7ef"/><rect x="566" y="594" width="96" height="44" rx="9" fill="#e0684a"/>'
