"""Are the catalogues whole: `python -m jishi.kernel.wording`. Both languages say the same keys with the same parameters,
whatever the code speaks of is there, and nothing is there that nobody speaks of."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from string import Formatter

from .i18n import FOLDER, LOCALES, Catalogues

SOURCE = FOLDER.parent
KEY = r"[a-z][a-z0-9_]*(?:\.[a-z0-9_-]+)+"
SPOKEN = re.compile(rf"""\b(?:t|th)\(\s*["']({KEY})["']""")  # t("cart.empty") and visit.t(…), words.t(…)
QUOTED = re.compile(rf"""["']({KEY})["']""")
# "orders.state." ~ state · "orders.state." + state · f"orders.state.{state}": every key below is in use
PREFIX = re.compile(r"""["']([a-z][a-z0-9_.-]*[._])["']\s*[~+]|\bf["']([a-z][a-z0-9_.-]*[._])\{""")
FAULT = re.compile(r"""class \w+\(\s*Fault,\s*code="([^"]+)"(?:,\s*status=\d+)?(?:,\s*key="([^"]+)")?""")
REASON = re.compile(rf"""\bReason\(\s*(?:key=)?["']({KEY})["']""")
FIELD = re.compile(r"""\bFieldError\(\s*[^()]*?,\s*["']([a-z_.]+)["']""")
SPARED = ("faults.", "fields.", "notices.", "web.status.", "formats.")  # found by code, not by literal


def texts(root: Path = SOURCE) -> Iterator[tuple[str, str]]:
    """(path, text) of every source and template."""
    for path in sorted(root.rglob("*")):
        if path.suffix in (".py", ".html", ".txt") and path.is_file() and path.resolve() != Path(__file__).resolve():
            yield path.relative_to(root).as_posix(), path.read_text("utf-8")


def names(form: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(form) if name}


def differing(words: Catalogues) -> list[str]:
    """Keys that are said twice or that one language lacks, and sentences whose parameters are not the same."""
    first, *others = (words.by_locale[code] for code in LOCALES)
    wrong = [f"{c.locale}: {line}" for c in words.by_locale.values() for line in c.doubled]
    for other in others:
        for key in sorted(first.entries.keys() ^ other.entries.keys()):
            lacks = other.locale if key in first.entries else first.locale
            wrong.append(f"{key}: not in {lacks}")
        for key in sorted(first.entries.keys() & other.entries.keys()):
            mine, theirs = (set().union(*map(names, c.entries[key].forms)) for c in (first, other))
            if mine - {"n"} != theirs - {"n"}:  # a form for one thing need not name the number
                wrong.append(f"{key}: parameters differ: {sorted(mine ^ theirs)}")
    return wrong


def missing(words: Catalogues, sources: Iterable[tuple[str, str]]) -> list[str]:
    """What is spoken of and in no catalogue."""
    wrong = []
    for path, text in sources:
        spoken = set(SPOKEN.findall(text)) | set(REASON.findall(text))
        spoken |= {key or f"faults.{code}" for code, key in FAULT.findall(text)}
        wrong += [f"{path}: {key}" for key in sorted(spoken) if not words.has(key)]
        wrong += [
            f"{path}: fields.{code}"
            for code in sorted(set(FIELD.findall(text)))
            if not words.has(f"fields.{code}") and not words.has(f"faults.{code}")
        ]
    return wrong


def unused(words: Catalogues, sources: Iterable[tuple[str, str]]) -> list[str]:
    """What is in the catalogues and in no source, neither whole nor by the beginning of a key."""
    quoted, prefixes = set[str](), set[str]()
    for _, text in sources:
        quoted |= set(QUOTED.findall(text))
        prefixes |= {a or b for a, b in PREFIX.findall(text)}
    known = (*SPARED, *(p for p in prefixes if "." in p))
    return [k for k in sorted(words.by_locale["en"].entries) if k not in quoted and not k.startswith(known)]


def main() -> int:
    words, sources = Catalogues(), list(texts())
    found = {"differ": differing(words), "missing": missing(words, sources), "nobody speaks of": unused(words, sources)}
    for what, wrong in found.items():
        for line in wrong:
            print(f"{what}: {line}")
    print(f"{len(words.by_locale['en'].entries)} keys, {sum(map(len, found.values()))} to mend")
    return 1 if any(found.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
