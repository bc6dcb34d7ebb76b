"""For the desk, the body and the road: drawings as in `drawings`."""


def printer(c: str, d: str, g: str) -> str:
    """It prints labels."""
    return (
        f'<path d="M300 330c0-60 200-60 200 0z" fill="{d}"/><rect x="180" y="330" width="440" height="350" rx="60" fill="{g}"/><rect x="240" y="380" width="320" height="34" rx="14" fill="#2b2a2c"/><path d="M270 396h260v190l-20 14-20-14-20 14-20-14-20 14-20-14-20 14-20-14-20 14-20-14-20 14-20-14-20 14z" fill="#fffdf8"/>'
        f'<path d="M300 430h120M300 456h200M300 482h160" stroke="#4a4744" stroke-width="9"/><path d="M300 512h200v44H300z" fill="#4a4744"/><path d="M312 512v44M330 512v44M344 512v44M366 512v44M380 512v44M404 512v44M420 512v44M446 512v44M462 512v44M484 512v44" stroke="#fffdf8" stroke-width="6"/><circle cx="570" cy="640" r="12" fill="#bfe6d4"/><path d="M206 420v200" stroke="#fff" stroke-width="14" stroke-linecap="round" opacity=".35"/>'
    )


def monitor(c: str, d: str, g: str) -> str:
    return (
        f'<path d="M360 560h80l16 90H344z" fill="{d}"/><ellipse cx="400" cy="662" rx="150" ry="20" fill="{d}"/><rect x="90" y="150" width="620" height="420" rx="20" fill="#2b2a2c"/><rect x="108" y="168" width="584" height="368" rx="6" fill="{g}"/><path d="M108 470c120-90 220-30 300-80s180-60 284 10v136H108z" fill="{d}" opacity=".6"/><circle cx="560" cy="260" r="44" fill="#fff" opacity=".75"/>'
        '<path d="M108 168h260L180 536h-72z" fill="#fff" opacity=".12"/>'
    )


def tablet(c: str, d: str, g: str) -> str:
    return (
        f'<rect x="210" y="140" width="400" height="540" rx="34" fill="{d}"/><rect x="236" y="170" width="348" height="480" rx="12" fill="#f5f1e8"/><rect x="260" y="196" width="300" height="180" rx="10" fill="{g}"/><path d="M260 376l80-90 60 60 50-40 110 70z" fill="{d}" opacity=".7"/><path d="M262 416h230M262 446h290M262 476h260M262 506h180" stroke="#8c857b" stroke-width="10" opacity=".7"/>'
        '<rect x="262" y="560" width="120" height="48" rx="24" fill="#3a3735" opacity=".85"/><path d="M150 240l40 10-70 380-26 30-4-40z" fill="#f1ece2"/><path d="M236 170h180L260 650h-24z" fill="#fff" opacity=".18"/>'
    )


def laptop(c: str, d: str, g: str) -> str:
    return (
        f'<rect x="170" y="220" width="460" height="330" rx="20" fill="{d}"/><rect x="188" y="238" width="424" height="286" rx="6" fill="#20242b"/><rect x="188" y="238" width="424" height="286" rx="6" fill="{c}" opacity=".35"/><path d="M188 470c90-60 160-10 240-50s120-40 184-10v114H188z" fill="#fff" opacity=".24"/><circle cx="520" cy="310" r="30" fill="#fff" opacity=".7"/>'
        f'<path d="M170 550h460l90 90c10 20 0 40-30 40H110c-30 0-40-20-30-40z" fill="{g}"/><path d="M210 572h380l34 46H176z" fill="{d}" opacity=".5"/><rect x="340" y="632" width="120" height="26" rx="8" fill="{d}" opacity=".5"/>'
    )


def earbuds(c: str, d: str, g: str) -> str:
    bud = '<path d="M{x} 300c-50 0-80-30-80-74s36-76 80-76 76 30 76 70v180a24 24 0 0 1-48 0V296z" fill="{f}"/><ellipse cx="{y}" cy="222" rx="26" ry="34" fill="#2b2a2c"/>'
    return (
        bud.format(x=280, y=226, f=g)
        + f'<g transform="translate(800 0) scale(-1 1)">{bud.format(x=280, y=226, f=g)}</g>'
        + f'<rect x="180" y="450" width="440" height="230" rx="100" fill="{g}"/><path d="M180 550h440" stroke="{d}" stroke-width="8" opacity=".7"/><rect x="370" y="528" width="60" height="40" rx="16" fill="{d}"/><circle cx="400" cy="620" r="9" fill="#bfe6d4"/><path d="M220 520c10-30 40-48 90-48" stroke="#fff" stroke-width="14" fill="none" stroke-linecap="round" opacity=".4"/>'
    )


def charger(c: str, d: str, g: str) -> str:
    return (
        f'<rect x="250" y="250" width="300" height="430" rx="60" fill="{g}"/><path d="M340 250v-90M460 250v-90" stroke="#b7b0a5" stroke-width="30" stroke-linecap="round"/><rect x="310" y="560" width="80" height="26" rx="13" fill="#2b2a2c"/><rect x="410" y="560" width="80" height="26" rx="13" fill="#2b2a2c"/><rect x="350" y="610" width="100" height="30" rx="6" fill="#2b2a2c"/>'
        f'<path d="M410 330l-60 100h46l-16 70 70-108h-48z" fill="{d}"/><path d="M282 320v240" stroke="#fff" stroke-width="16" stroke-linecap="round" opacity=".35"/>'
    )


def cable(c: str, d: str, g: str) -> str:
    coil = "".join(f'<ellipse cx="400" cy="{430 + k * 26}" rx="{210 - k * 4}" ry="120" fill="none" stroke="{c if k % 2 else d}" stroke-width="20"/>' for k in range(5))  # fmt: skip
    return (
        f'{coil}<rect x="350" y="560" width="100" height="90" rx="12" fill="{d}"/><path d="M366 576h68M366 600h68" stroke="#fff" stroke-width="6" opacity=".5"/><path d="M560 380l70-150" stroke="{c}" stroke-width="20" stroke-linecap="round"/><g transform="rotate(24 640 200)"><rect x="612" y="150" width="56" height="90" rx="12" fill="{d}"/><rect x="622" y="110" width="36" height="44" rx="8" fill="#b7b0a5"/></g>'
        f'<path d="M240 380l-60-130" stroke="{c}" stroke-width="20" stroke-linecap="round"/><g transform="rotate(-24 164 210)"><rect x="136" y="160" width="56" height="90" rx="12" fill="{d}"/><rect x="146" y="120" width="36" height="44" rx="8" fill="#b7b0a5"/></g>'
    )


def router(c: str, d: str, g: str) -> str:
    return (
        f'<path d="M220 540L180 210M580 540l40-330M340 540V190M460 540V190" stroke="{d}" stroke-width="26" stroke-linecap="round"/><path d="M150 530h500c30 0 40 20 40 50v40c0 40-20 60-60 60H170c-40 0-60-20-60-60v-40c0-30 10-50 40-50z" fill="{g}"/><path d="M150 530h500l-40-40H190z" fill="{d}" opacity=".8"/>'
        '<circle cx="180" cy="610" r="9" fill="#bfe6d4"/><circle cx="214" cy="610" r="9" fill="#bfe6d4"/><circle cx="248" cy="610" r="9" fill="#f6d27a"/><path d="M470 610h150" stroke="#fff" stroke-width="10" opacity=".4" stroke-linecap="round"/>'
    )


def dumbbell(c: str, d: str, g: str) -> str:
    return (
        f'<rect x="240" y="520" width="320" height="50" rx="20" fill="#b7b0a5"/><path d="M270 530h260" stroke="#fff" stroke-width="8" opacity=".5"/><path d="M340 520v50M370 520v50M400 520v50M430 520v50M460 520v50" stroke="#8c857b" stroke-width="5"/><path d="M120 440l60-30h70l30 30v210l-30 30h-70l-60-30z" fill="{g}"/><path d="M550 410h70l60 30v210l-60 30h-70l-30-30V440z" fill="{g}"/>'
        f'<path d="M180 410v270M620 410v270" stroke="{d}" stroke-width="10" opacity=".6"/><circle cx="216" cy="545" r="44" fill="{d}"/><circle cx="584" cy="545" r="44" fill="{d}"/>'
    )


def mat(c: str, d: str, g: str) -> str:
    return (
        f'<path d="M250 560h440c10 0 14 8 10 18l-30 84c-4 12-12 18-24 18H250z" fill="{g}"/><path d="M300 592h370M290 634h366" stroke="{d}" stroke-width="4" opacity=".4"/><ellipse cx="250" cy="540" rx="140" ry="140" fill="{d}"/><ellipse cx="250" cy="540" rx="118" ry="118" fill="{c}"/><ellipse cx="250" cy="540" rx="94" ry="94" fill="{d}"/><ellipse cx="250" cy="540" rx="70" ry="70" fill="{c}"/><ellipse cx="250" cy="540" rx="46" ry="46" fill="{d}"/><ellipse cx="250" cy="540" rx="22" ry="22" fill="#fffaf0"/>'
        f'<path d="M250 400l300-90c50-14 60 40 56 90l-10 160" fill="{c}" opacity=".0"/><path d="M300 410l270-60c40-6 60 20 60 60v130H380z" fill="{g}"/><path d="M330 430l250-50" stroke="#fff" stroke-width="10" opacity=".35" stroke-linecap="round"/>'
    )


def rope(c: str, d: str, g: str) -> str:
    line = "M190 600c-80-300 60-460 200-440s120 240-10 300-60 160 60 130 130-300 40-360"
    return (
        f'<path d="{line}" stroke="{c}" stroke-width="24" fill="none" stroke-linecap="round"/><path d="{line}" stroke="{d}" stroke-width="8" stroke-dasharray="6 12" fill="none" stroke-linecap="round"/>'
        f'<g transform="rotate(-8 190 620)"><rect x="166" y="560" width="48" height="120" rx="20" fill="{g}"/><path d="M168 590h44M168 614h44M168 638h44" stroke="{d}" stroke-width="6"/></g><g transform="rotate(160 500 220)"><rect x="476" y="170" width="48" height="120" rx="20" fill="{g}"/><path d="M478 200h44M478 224h44M478 248h44" stroke="{d}" stroke-width="6"/></g>'
    )


def wallet(c: str, d: str, g: str) -> str:
    return (
        f'<rect x="230" y="240" width="340" height="120" rx="12" fill="#8fb4cc"/><rect x="216" y="280" width="340" height="120" rx="12" fill="#e9dcc2"/><rect x="160" y="330" width="480" height="350" rx="40" fill="{g}"/><rect x="178" y="348" width="444" height="314" rx="28" fill="none" stroke="#fffaf0" stroke-width="4" stroke-dasharray="11 8" opacity=".8"/>'
        f'<path d="M480 450h170v110H480c-70 0-70-110 0-110z" fill="{d}"/><circle cx="500" cy="505" r="20" fill="#e0b04c"/><path d="M200 400v220" stroke="#fff" stroke-width="12" opacity=".2" stroke-linecap="round"/>'
    )


def belt(c: str, d: str, g: str) -> str:
    return (
        f'<ellipse cx="400" cy="480" rx="250" ry="170" fill="none" stroke="{g}" stroke-width="60"/><ellipse cx="400" cy="480" rx="184" ry="112" fill="none" stroke="{d}" stroke-width="34" opacity=".8"/><ellipse cx="400" cy="480" rx="250" ry="170" fill="none" stroke="#fffaf0" stroke-width="4" stroke-dasharray="11 9" opacity=".55"/>'
        f'<rect x="320" y="600" width="150" height="100" rx="18" fill="none" stroke="#d9b45a" stroke-width="20"/><path d="M394 650h84" stroke="#d9b45a" stroke-width="14" stroke-linecap="round"/><circle cx="560" cy="610" r="7" fill="{d}"/><circle cx="590" cy="590" r="7" fill="{d}"/><circle cx="616" cy="564" r="7" fill="{d}"/>'
    )


def trousers(c: str, d: str, g: str) -> str:
    return (
        f'<path d="M260 130h280l40 550H440L400 300 360 680H220z" fill="{g}"/><path d="M260 130h280l4 50H256z" fill="{d}" opacity=".7"/><path d="M400 180v120" stroke="{d}" stroke-width="6"/><path d="M268 190c10 60 40 70 60 74M532 190c-10 60-40 70-60 74" stroke="{d}" stroke-width="6" fill="none"/><circle cx="400" cy="156" r="10" fill="#d9b45a"/>'
        f'<path d="M224 650h138M438 650h138" stroke="{d}" stroke-width="5" stroke-dasharray="9 7"/><path d="M286 300l-30 340M520 320l20 310" stroke="#000" stroke-width="9" opacity=".08"/>'
    )


def dress(c: str, d: str, g: str) -> str:
    return (
        f'<path d="M300 130l40-10c10 60 110 60 120 0l40 10 20 110c-20 40-20 70 0 110l110 310c-140 40-320 40-460 0l110-310c20-40 20-70 0-110z" fill="{g}"/><path d="M340 120c10 60 110 60 120 0" stroke="{d}" stroke-width="12" fill="none"/><path d="M284 350c70 26 162 26 232 0l8 26c-80 28-168 28-248 0z" fill="{d}"/>'
        f'<path d="M320 400l-60 270M400 410v280M480 400l60 270" stroke="{d}" stroke-width="7" opacity=".35"/><path d="M176 650c140 36 308 36 448 0" stroke="#fffaf0" stroke-width="6" stroke-dasharray="12 9" fill="none" opacity=".7"/>'
    )


def parka(c: str, d: str, g: str) -> str:
    quilts = "".join(
        f'<path d="M252 {y}h296" stroke="{d}" stroke-width="6" opacity=".45"/>' for y in range(310, 660, 60)
    )
    return (
        f'<path d="M300 190c30-90 170-90 200 0l90 40 70 320-84 24-30-150v256H254V424l-30 150-84-24 70-320z" fill="{g}"/><path d="M300 196c20-86 180-86 200 0-20 70-60 90-100 90s-80-20-100-90z" fill="{d}"/><path d="M300 196c16-60 184-60 200 0" stroke="#f1e6d2" stroke-width="26" fill="none" stroke-linecap="round"/>{quilts}'
        f'<path d="M400 280v400" stroke="#fffaf0" stroke-width="8"/><rect x="276" y="520" width="90" height="90" rx="12" fill="{d}" opacity=".45"/><rect x="434" y="520" width="90" height="90" rx="12" fill="{d}" opacity=".45"/>'
    )


def suitcase(c: str, d: str, g: str) -> str:
    return (
        f'<path d="M340 200V110h120v90" stroke="#8c857b" stroke-width="18" fill="none"/><rect x="330" y="96" width="140" height="26" rx="13" fill="#3a3735"/><rect x="220" y="190" width="360" height="460" rx="44" fill="{g}"/>'
        + "".join(
            f'<path d="M{x} 200v440" stroke="{d}" stroke-width="8" opacity=".5"/>'
            for x in (272, 324, 376, 428, 480, 530)
        )
        + f'<rect x="350" y="380" width="100" height="60" rx="12" fill="#fffaf0" opacity=".9"/><path d="M366 410h68" stroke="{d}" stroke-width="8"/><circle cx="270" cy="662" r="20" fill="#3a3735"/><circle cx="530" cy="662" r="20" fill="#3a3735"/><path d="M246 230v370" stroke="#fff" stroke-width="12" opacity=".3" stroke-linecap="round"/>'
    )


def sleepingbag(c: str, d: str, g: str) -> str:
    quilts = "".join(f'<path d="M{x} 440q20 110 0 230" stroke="{d}" stroke-width="7" fill="none" opacity=".5"/>' for x in range(330, 690, 56))  # fmt: skip
    return (
        f'<path d="M230 430h400c60 0 80 60 80 126s-20 124-80 124H230z" fill="{g}"/>{quilts}<circle cx="230" cy="555" r="126" fill="{d}"/><circle cx="230" cy="555" r="100" fill="{c}"/><path d="M230 555m-70 0a70 70 0 1 1 70 70a46 46 0 1 1 46-46" stroke="{d}" stroke-width="12" fill="none"/>'
        f'<path d="M430 436v240M560 436v240" stroke="#fffaf0" stroke-width="12" opacity=".8"/>'
    )


def stove(c: str, d: str, g: str) -> str:
    return (
        f'<path d="M280 420l-90-40M520 420l90-40M400 410v-50" stroke="#8c857b" stroke-width="18" stroke-linecap="round"/><path d="M400 190c40 60 50 110 20 150h-40c-30-40-20-90 20-150z" fill="#5aa7d8" opacity=".85"/><path d="M400 250c18 34 20 60 8 90h-16c-12-30-10-56 8-90z" fill="#e9f6ff"/><ellipse cx="400" cy="370" rx="90" ry="26" fill="#3a3735"/>'
        f'<rect x="370" y="380" width="60" height="70" fill="#b7b0a5"/><path d="M430 420h90" stroke="{d}" stroke-width="14"/><path d="M270 470c0-40 260-40 260 0v170c0 54-260 54-260 0z" fill="{g}"/><ellipse cx="400" cy="470" rx="130" ry="30" fill="{d}"/><rect x="330" y="540" width="140" height="60" rx="10" fill="#fffaf0" opacity=".9"/><path d="M350 562h100M350 582h60" stroke="{d}" stroke-width="7"/>'
    )


def bikelight(c: str, d: str, g: str) -> str:
    return (
        f'<path d="M560 330l180-90v250l-180-60z" fill="#fff3c9" opacity=".7"/><rect x="170" y="300" width="400" height="160" rx="60" fill="{g}"/><ellipse cx="560" cy="380" rx="40" ry="92" fill="{d}"/><ellipse cx="566" cy="380" rx="26" ry="70" fill="#fffbe6"/><path d="M220 320h240" stroke="#fff" stroke-width="12" opacity=".35" stroke-linecap="round"/><rect x="280" y="284" width="90" height="30" rx="14" fill="{d}"/>'
        f'<path d="M300 460h120v70H300z" fill="{d}"/><path d="M250 600a110 80 0 0 1 220 0v20H250z" fill="#3a3735"/><rect x="80" y="606" width="640" height="74" rx="37" fill="#8c857b"/><path d="M100 630h590" stroke="#fff" stroke-width="10" opacity=".4" stroke-linecap="round"/>'
    )


def pedal(c: str, d: str, g: str) -> str:
    pins = "".join(
        f'<circle cx="{x}" cy="{y}" r="9" fill="#e9e4da"/>' for x in (230, 310, 490, 570) for y in (372, 588)
    )
    return (
        f'<rect x="560" y="450" width="170" height="60" rx="20" fill="#b7b0a5"/><path d="M700 450v60M676 450v60" stroke="#8c857b" stroke-width="8"/><rect x="170" y="330" width="460" height="300" rx="40" fill="{g}"/><rect x="240" y="400" width="140" height="160" rx="20" fill="#fffaf0" opacity=".9"/><rect x="430" y="400" width="140" height="160" rx="20" fill="#fffaf0" opacity=".9"/><rect x="150" y="446" width="500" height="68" rx="24" fill="{d}"/>{pins}'
        f'<path d="M200 350h400" stroke="#fff" stroke-width="10" opacity=".35" stroke-linecap="round"/><path d="M190 640h420l-20 40H210z" fill="{d}" opacity=".5"/>'
    )


def saddle(c: str, d: str, g: str) -> str:
    return (
        f'<path d="M330 480c-20 90-40 120-90 150M470 470c40 60 80 90 130 100M250 620h330" stroke="#8c857b" stroke-width="16" fill="none" stroke-linecap="round"/><path d="M380 560h70l20 120H370z" fill="#3a3735"/><path d="M110 420c10-90 120-110 230-70 100 36 230 10 320 40 50 20 50 80-10 90-110 16-200-20-290 20-120 50-250 30-250-80z" fill="{g}"/>'
        f'<path d="M150 430c40-40 120-30 190-8 110 34 210 0 310 20" stroke="{d}" stroke-width="9" fill="none" opacity=".6"/><path d="M160 390c40-30 100-26 150-10" stroke="#fff" stroke-width="12" fill="none" stroke-linecap="round" opacity=".35"/>'
    )
