"""A page that shows every screenshot of `artefacts/shots`, one row a page: both languages, both sizes, light and dark."""

import sys
from html import escape
from pathlib import Path

LANGUAGES, SIZES, THEMES = ("zh-CN", "en"), ("m", "d"), ("", "-dark")
HEAD = """<!doctype html><meta charset="utf-8"><title>Jishi: every page</title>
<style>body{font:14px system-ui;margin:16px}tr{vertical-align:top}th{text-align:left;padding:8px}
img{height:420px;border:1px solid #ddd}td{padding:4px}</style><h1>Every page</h1><table>"""


def main(folder: Path) -> int:
    shots = {p.name for p in (folder / "shots").glob("*.png")}
    names = sorted({name.partition(".")[0].removesuffix("-dark") for name in shots})
    rows = []
    for name in names:
        files = [f"{name}{t}.{lang}-{size}.png" for size in SIZES for lang in LANGUAGES for t in THEMES]
        cells = "".join(
            f'<td><a href="shots/{escape(f)}"><img src="shots/{escape(f)}" alt="{escape(f)}" loading="lazy"></a></td>'
            for f in files
            if f in shots
        )
        rows.append(f"<tr><th>{escape(name)}</th>{cells}</tr>")
    (folder / "gallery.html").write_text(HEAD + "".join(rows) + "</table>\n", encoding="utf-8")
    print(f"{folder / 'gallery.html'}: {len(names)} pages, {len(shots)} pictures")
    return 0 if shots else 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1] if len(sys.argv) > 1 else "artefacts")))
