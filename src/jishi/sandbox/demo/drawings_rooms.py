"""For the house, the animals and the child: drawings as in `drawings`."""


def curtain(c: str, d: str, g: str) -> str:
    folds = "".join(
        f'<path d="M{x} 170q-14 250 {-20 if x < 400 else 20} 510" stroke="{d}" stroke-width="9" fill="none" opacity=".45"/>'
        for x in (190, 232, 274, 316, 484, 526, 568, 610)
    )
    rings = "".join(f'<circle cx="{x}" cy="150" r="15" fill="none" stroke="{d}" stroke-width="7"/>' for x in (176, 226, 276, 326, 474, 524, 574, 624))  # fmt: skip
    return (
        f'<rect x="240" y="180" width="320" height="420" fill="#dbe8ee"/><path d="M400 180v420M240 390h320" stroke="#fff" stroke-width="12"/><rect x="120" y="136" width="560" height="16" rx="8" fill="#8a6a4c"/><circle cx="116" cy="144" r="18" fill="#8a6a4c"/><circle cx="684" cy="144" r="18" fill="#8a6a4c"/>{rings}'
        f'<path d="M160 160h190c6 200-30 340-60 520H140c26-180 26-340 20-520z" fill="{g}"/><path d="M450 160h190c-6 180-6 340 20 520H510c-30-180-66-320-60-520z" fill="{g}"/>{folds}<path d="M152 470h160M488 470h160" stroke="{d}" stroke-width="16" opacity=".75"/>'
    )


def blind(c: str, d: str, g: str) -> str:
    slats = "".join(
        f'<path d="M170 {196 + k * 36}h460v22H170z" fill="{g}"/><path d="M170 {216 + k * 36}h460" stroke="{d}" stroke-width="5" opacity=".55"/>'
        for k in range(11)
    )
    return (
        f'<rect x="160" y="150" width="480" height="530" fill="#dbe8ee"/><path d="M160 640c120-60 200 10 300-30s120-10 180 10v60H160z" fill="#b9cfae"/><rect x="160" y="150" width="480" height="530" fill="none" stroke="#f7f3ea" stroke-width="18"/><rect x="146" y="130" width="508" height="54" rx="10" fill="{d}"/>{slats}'
        f'<rect x="164" y="592" width="472" height="30" rx="8" fill="{d}"/><path d="M250 184v410M550 184v410" stroke="#fff" stroke-width="4" opacity=".7"/><path d="M610 184v330" stroke="#8a8178" stroke-width="5"/><rect x="600" y="510" width="20" height="44" rx="9" fill="{d}"/>'
    )


def pan(c: str, d: str, g: str) -> str:
    return (
        f'<path d="M560 500l190-70c20-6 30 26 10 36L590 546z" fill="{d}"/><path d="M110 470h480l-34 150c-10 40-40 60-90 60H234c-50 0-80-20-90-60z" fill="{g}"/><ellipse cx="350" cy="470" rx="240" ry="56" fill="{d}"/><ellipse cx="350" cy="470" rx="210" ry="42" fill="#2f2d2c"/>'
        '<path d="M190 452c60-20 150-26 220-20" stroke="#fff" stroke-width="8" fill="none" stroke-linecap="round" opacity=".3"/><path d="M156 530l20 90" stroke="#fff" stroke-width="14" stroke-linecap="round" opacity=".3"/>'
    )


def kettle(c: str, d: str, g: str) -> str:
    return (
        f'<path d="M520 330c120-70 150 160 60 240" stroke="{d}" stroke-width="34" fill="none" stroke-linecap="round"/><path d="M240 470c-70-10-60-160-110-200" stroke="{c}" stroke-width="24" fill="none" stroke-linecap="round"/><path d="M300 290h200l66 330c6 40-14 60-50 60H284c-36 0-56-20-50-60z" fill="{g}"/>'
        f'<path d="M300 290c0-46 200-46 200 0z" fill="{d}"/><circle cx="400" cy="240" r="22" fill="{d}"/><path d="M300 340l-34 270" stroke="#fff" stroke-width="16" stroke-linecap="round" opacity=".34"/><path d="M240 640h320v40H240z" fill="{d}" opacity=".8"/>'
    )


def grinder(c: str, d: str, g: str) -> str:
    return (
        f'<path d="M400 200V130h160" stroke="{d}" stroke-width="18" fill="none" stroke-linecap="round" stroke-linejoin="round"/><circle cx="572" cy="130" r="30" fill="#8a5a34"/><path d="M310 210h180l20 70H290z" fill="{d}"/><rect x="296" y="280" width="208" height="230" rx="20" fill="{g}"/>'
        f'<rect x="286" y="410" width="228" height="40" rx="12" fill="{d}"/><path d="M300 510h200v130c0 30-20 40-40 40H340c-20 0-40-10-40-40z" fill="#efe9df" opacity=".9"/><path d="M306 590h188v50c0 26-16 34-34 34H340c-18 0-34-8-34-34z" fill="#5d3a22"/><path d="M322 300v90" stroke="#fff" stroke-width="16" stroke-linecap="round" opacity=".35"/>'
    )


def dripper(c: str, d: str, g: str) -> str:
    return (
        f'<path d="M230 190h340l-116 170H346z" fill="{g}"/><ellipse cx="400" cy="190" rx="170" ry="34" fill="{d}"/><path d="M262 192c30 24 246 24 276 0l-90 118h-96z" fill="#f6efe0"/><ellipse cx="400" cy="214" rx="110" ry="16" fill="#5d3a22"/><path d="M556 230c70 0 60 90-10 90" stroke="{d}" stroke-width="20" fill="none"/>'
        '<rect x="300" y="356" width="200" height="24" rx="10" fill="#8a5a34"/><path d="M330 384h140l40 80c30 60 20 216-110 216s-140-156-110-216z" fill="#e8f0f2" opacity=".8"/><path d="M292 560c60 20 156 20 216 0 0 66-30 114-108 114s-108-48-108-114z" fill="#6b3f22"/><path d="M314 470c-14 50-12 100 2 150" stroke="#fff" stroke-width="12" fill="none" stroke-linecap="round" opacity=".7"/><path d="M400 390v150" stroke="#6b3f22" stroke-width="5"/>'
    )


def vase(c: str, d: str, g: str) -> str:
    stems = "".join(
        f'<path d="M400 330Q{x} 260 {x2} {y}" stroke="#6f7d4f" stroke-width="8" fill="none"/><ellipse cx="{x2}" cy="{y}" rx="17" ry="40" fill="#c9a86a" transform="rotate({r} {x2} {y})"/>'
        for x, x2, y, r in ((360, 300, 150, -22), (390, 370, 110, -6), (420, 450, 120, 12), (450, 520, 170, 30))
    )
    return (
        f'{stems}<path d="M350 320h100c-10 60 20 80 60 130 60 80 30 230-60 230H350c-90 0-120-150-60-230 40-50 70-70 60-130z" fill="{g}"/><ellipse cx="400" cy="320" rx="50" ry="14" fill="{d}"/>'
        f'<path d="M282 500c70 30 170 30 236 0" stroke="{d}" stroke-width="7" fill="none" opacity=".5"/><path d="M306 500c-20 50-14 100 14 140" stroke="#fff" stroke-width="18" fill="none" stroke-linecap="round" opacity=".3"/>'
    )


def diffuser(c: str, d: str, g: str) -> str:
    sticks = "".join(
        f'<path d="M400 420L{x} 120" stroke="#a98a63" stroke-width="8" stroke-linecap="round"/>' for x in (280, 340, 400, 450, 520)
    )  # fmt: skip
    return (
        f'{sticks}<rect x="356" y="340" width="88" height="60" rx="8" fill="{d}"/><path d="M356 396h88c60 20 106 50 106 110v130c0 30-16 44-46 44H296c-30 0-46-14-46-44V506c0-60 46-90 106-110z" fill="{g}" opacity=".92"/><rect x="304" y="500" width="192" height="120" rx="8" fill="#fffaf0"/>'
        f'<rect x="334" y="528" width="132" height="14" rx="5" fill="{d}"/><rect x="354" y="556" width="92" height="9" rx="4" fill="{d}" opacity=".6"/><circle cx="400" cy="592" r="11" fill="{c}"/><path d="M276 510v130" stroke="#fff" stroke-width="14" stroke-linecap="round" opacity=".4"/>'
    )


def board(c: str, d: str, g: str) -> str:
    grain = "".join(
        f'<path d="M{250 + k * 44} 280q{12 if k % 2 else -12} 180 0 380" stroke="{d}" stroke-width="5" fill="none" opacity=".35"/>'
        for k in range(8)
    )
    return (
        f'<path d="M360 110h80a30 30 0 0 1 30 34l-10 96h80a40 40 0 0 1 40 40v360a40 40 0 0 1-40 40H260a40 40 0 0 1-40-40V280a40 40 0 0 1 40-40h80l-10-96a30 30 0 0 1 30-34z" fill="{g}"/><circle cx="400" cy="160" r="20" fill="#fff" opacity=".8"/>{grain}'
        f'<path d="M256 640c0 14 8 20 20 20" stroke="{d}" stroke-width="6" fill="none"/><path d="M240 300v330" stroke="#fff" stroke-width="10" opacity=".3" stroke-linecap="round"/>'
    )


def rack(c: str, d: str, g: str) -> str:
    shelves = "".join(
        f'<rect x="190" y="{y}" width="420" height="22" rx="6" fill="{g}"/><path d="M190 {y + 22}h420" stroke="{d}" stroke-width="4" opacity=".6"/>'
        for y in (210, 370, 530)
    )
    return (
        f'<path d="M214 130v550M586 130v550" stroke="{d}" stroke-width="20" stroke-linecap="round"/><path d="M214 680l-30-10M586 680l30-10" stroke="{d}" stroke-width="10"/>{shelves}<rect x="250" y="300" width="70" height="70" rx="10" fill="#c98a6b"/><rect x="336" y="270" width="30" height="100" rx="4" fill="#6f8da3"/><rect x="370" y="284" width="30" height="86" rx="4" fill="#d7b978"/><rect x="404" y="262" width="30" height="108" rx="4" fill="#8fa98f"/>'
        '<circle cx="540" cy="330" r="40" fill="#e8ddc8"/><rect x="270" y="452" width="150" height="78" rx="12" fill="#d8c3a0"/><path d="M500 530c-20-60 70-60 50 0z" fill="#a77a8b"/><path d="M280 210c-6-50 66-50 60 0z" fill="#8aa06a"/><rect x="460" y="150" width="80" height="60" rx="8" fill="#e6d7c0"/>'
    )


def leash(c: str, d: str, g: str) -> str:
    return (
        f'<path d="M240 300c-40-130 150-190 180-60 40 180-250 220-200 350 30 80 190 80 240 10 40-60-20-120-80-90-110 60 60 170 190 90" stroke="{c}" stroke-width="34" fill="none" stroke-linecap="round"/><path d="M240 300c-40-130 150-190 180-60 40 180-250 220-200 350 30 80 190 80 240 10 40-60-20-120-80-90-110 60 60 170 190 90" stroke="{d}" stroke-width="5" stroke-dasharray="12 9" fill="none" opacity=".8"/>'
        '<circle cx="590" cy="594" r="24" fill="none" stroke="#8c857b" stroke-width="12"/><path d="M612 600c60-20 70 60 20 70s-50-40-24-60" stroke="#b7b0a5" stroke-width="14" fill="none" stroke-linecap="round"/>'
    )


def collar(c: str, d: str, g: str) -> str:
    return (
        f'<ellipse cx="400" cy="470" rx="240" ry="150" fill="none" stroke="{g}" stroke-width="62"/><ellipse cx="400" cy="470" rx="240" ry="150" fill="none" stroke="{d}" stroke-width="5" stroke-dasharray="14 10" opacity=".8"/><rect x="330" y="574" width="140" height="96" rx="16" fill="#3a3735"/><rect x="348" y="592" width="104" height="60" rx="10" fill="none" stroke="#8c857b" stroke-width="8"/>'
        f'<circle cx="560" cy="640" r="22" fill="none" stroke="#b7b0a5" stroke-width="10"/><circle cx="572" cy="676" r="34" fill="#e0b04c"/><path d="M558 676h28" stroke="{d}" stroke-width="6"/>'
    )


def harness(c: str, d: str, g: str) -> str:
    return (
        f'<path d="M250 240c20-110 280-110 300 0" stroke="{d}" stroke-width="44" fill="none"/><path d="M230 240h340c30 60 30 120 0 190-40 90-100 130-170 130s-130-40-170-130c-30-70-30-130 0-190z" fill="{g}"/><path d="M250 262h300c20 50 16 100-6 154-34 76-84 118-144 118s-110-42-144-118c-22-54-26-104-6-154z" fill="none" stroke="#fffaf0" stroke-width="5" stroke-dasharray="12 9"/>'
        f'<path d="M200 430c-50 120 30 230 200 230s250-110 200-230" stroke="{d}" stroke-width="36" fill="none"/><rect x="330" y="300" width="140" height="50" rx="14" fill="#fffaf0" opacity=".9"/><circle cx="400" cy="440" r="32" fill="none" stroke="#b7b0a5" stroke-width="12"/><rect x="176" y="500" width="60" height="44" rx="10" fill="#3a3735" transform="rotate(24 206 522)"/><rect x="564" y="500" width="60" height="44" rx="10" fill="#3a3735" transform="rotate(-24 594 522)"/>'
    )


def cattree(c: str, d: str, g: str) -> str:
    rope = "".join(
        f'<path d="M{x} {y}h44" stroke="#b8925e" stroke-width="5" opacity=".7"/>'
        for x, top, end in ((248, 260, 640), (508, 420, 640))
        for y in range(top, end, 14)
    )
    return (
        f'<rect x="248" y="240" width="44" height="410" fill="#dcb981"/><rect x="508" y="410" width="44" height="240" fill="#dcb981"/>{rope}<rect x="150" y="640" width="500" height="40" rx="12" fill="{d}"/><rect x="160" y="210" width="230" height="40" rx="18" fill="{g}"/><path d="M170 210c0-70 210-70 210 0z" fill="{c}"/><rect x="420" y="380" width="220" height="38" rx="18" fill="{g}"/>'
        f'<path d="M320 640V500c0-30 20-40 40-40h90c26 0 40 14 40 40v140z" fill="{g}"/><circle cx="404" cy="570" r="50" fill="#3a302a"/><path d="M600 418v80" stroke="#8c857b" stroke-width="4"/><circle cx="600" cy="516" r="24" fill="{d}"/><path d="M190 196c40-30 130-34 176-6" stroke="#fff" stroke-width="10" fill="none" opacity=".35" stroke-linecap="round"/>'
    )


def litterbox(c: str, d: str, g: str) -> str:
    return (
        f'<path d="M200 330c0-110 400-110 400 0l40 270H160z" fill="{g}"/><path d="M290 600c-20-190 30-260 110-260s130 70 110 260z" fill="#3a302a"/><path d="M316 600c-6-40 20-50 84-50s90 10 84 50z" fill="#d9cbb2"/><path d="M150 590h500l-20 70c-4 14-14 20-30 20H200c-16 0-26-6-30-20z" fill="{d}"/>'
        '<path d="M240 330c30-40 90-56 150-58" stroke="#fff" stroke-width="14" fill="none" opacity=".4" stroke-linecap="round"/><rect x="350" y="250" width="100" height="20" rx="10" fill="#fff" opacity=".5"/>'
    )


def petbed(c: str, d: str, g: str) -> str:
    return (
        f'<ellipse cx="400" cy="560" rx="280" ry="120" fill="{g}"/><ellipse cx="400" cy="530" rx="280" ry="116" fill="{c}"/><ellipse cx="400" cy="524" rx="196" ry="74" fill="{d}"/><path d="M218 540c40 60 324 60 364 0-30 44-100 58-182 58s-152-14-182-58z" fill="#fffaf0" opacity=".85"/><ellipse cx="400" cy="534" rx="176" ry="56" fill="#fffaf0" opacity=".8"/>'
        + "".join(
            f'<path d="M{400 - w} {500 - h}q{w // 4} 30 {w // 3} 60" stroke="{d}" stroke-width="5" fill="none" opacity=".4"/>'
            for w, h in ((260, -10), (200, 30), (120, 56), (-40, 66), (-130, 50))
        )
    )


def crib(c: str, d: str, g: str) -> str:
    bars = "".join(f'<rect x="{x}" y="310" width="14" height="240" rx="6" fill="{c}"/>' for x in range(210, 590, 46))
    return (
        f'<path d="M190 470h420v90H190z" fill="#f7f1e4"/><path d="M210 470c20-50 150-50 170 0z" fill="#fff"/>{bars}<rect x="150" y="250" width="40" height="430" rx="14" fill="{g}"/><rect x="610" y="250" width="40" height="430" rx="14" fill="{g}"/><rect x="160" y="290" width="480" height="32" rx="14" fill="{d}"/><rect x="160" y="540" width="480" height="40" rx="12" fill="{d}"/>'
        f'<path d="M400 300V150h-90" stroke="{d}" stroke-width="9" fill="none"/><path d="M310 150v50M350 150v36" stroke="#8c857b" stroke-width="4"/><circle cx="310" cy="212" r="18" fill="#e0a2a0"/><circle cx="350" cy="200" r="15" fill="#8fb4cc"/>'
    )


def stroller(c: str, d: str, g: str) -> str:
    wheel = '<circle cx="{x}" cy="{y}" r="{r}" fill="#3a3735"/><circle cx="{x}" cy="{y}" r="{i}" fill="#e9e4da"/><circle cx="{x}" cy="{y}" r="10" fill="#3a3735"/>'
    return (
        f'<path d="M540 300L660 170" stroke="{d}" stroke-width="20" stroke-linecap="round"/><path d="M620 150l70 50" stroke="#3a3735" stroke-width="24" stroke-linecap="round"/><path d="M180 360h380c0 110-70 170-190 170S180 470 180 360z" fill="{g}"/><path d="M180 360c0-130 80-210 200-220v220z" fill="{d}"/><path d="M380 140c-60 60-100 130-110 220M380 140c-16 70-30 140-30 220" stroke="#fff" stroke-width="5" fill="none" opacity=".35"/>'
        '<path d="M300 520l-60 90M430 520l90 90M240 610l240-60" stroke="#8c857b" stroke-width="14" stroke-linecap="round"/>'
        + wheel.format(x=240, y=620, r=60, i=38)
        + wheel.format(x=530, y=620, r=60, i=38)
        + f'<path d="M220 400h300" stroke="#fff" stroke-width="8" opacity=".4"/><rect x="300" y="540" width="170" height="40" rx="10" fill="{d}" opacity=".7"/>'
    )


def lantern(c: str, d: str, g: str) -> str:
    return (
        f'<path d="M310 240c0-150 180-150 180 0" stroke="#8c857b" stroke-width="12" fill="none"/><path d="M300 240h200l30 60H270z" fill="{d}"/><rect x="290" y="300" width="220" height="250" rx="20" fill="#fff3c9"/><path d="M400 350c50 60 30 130 0 134-30-4-50-74 0-134z" fill="#f6b23f"/><path d="M300 300v250M400 300v20M500 300v250" stroke="{d}" stroke-width="10" opacity=".7"/>'
        f'<path d="M270 550h260l30 130H240z" fill="{g}"/><circle cx="400" cy="614" r="26" fill="{d}"/><path d="M310 330c-6 60-6 130 0 190" stroke="#fff" stroke-width="14" opacity=".7" stroke-linecap="round"/>'
    )
