"""Pictures that a file names: found beside it, never outside of its folder, never fetched."""

import re
from pathlib import Path

from .terms import PictureDraft, Trouble

MAX_BYTES, LONGEST = 20 << 20, 300
ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*:|//", re.IGNORECASE)
UNSPLASH = re.compile(r"(?P<who>[a-z0-9]+(?:-[a-z0-9]+)*)-[A-Za-z0-9_]+-unsplash(?:-\d+)?\.[a-z]+", re.IGNORECASE)


class Folder:
    """The pictures' folder; without one told, the file's own and `images` in it."""

    def __init__(self, file: Path, images: str) -> None:
        self.roots = [Path(images)] if images else [file.parent, file.parent / "images"]

    def load(self, p: PictureDraft, handle: str, *, look_only: bool = False) -> bytes | Trouble:
        """The bytes (none, if only looked for), or why not."""

        def wrong(key: str) -> Trouble:
            return Trouble(
                p.line, p.column, f"importing.picture_{key}", {"source": p.source[:120]}, handle, refused=False
            )

        if re.match("https?:|//", p.source, re.IGNORECASE):
            return wrong("remote")
        parts = p.source.replace("\\", "/").split("/")
        if ADDRESS.match(p.source) or not parts[0] or ".." in parts or "\0" in p.source or len(p.source) > LONGEST:
            return wrong("path")
        for root in self.roots:
            try:
                path, inside = root.joinpath(*parts).resolve(), root.resolve()
                if not path.is_file():
                    continue
                if not path.is_relative_to(inside):  # a link that leads out
                    return wrong("path")
                if path.stat().st_size > MAX_BYTES:
                    return wrong("large")
                return b"" if look_only else path.read_bytes()
            except OSError:
                continue
        return wrong("missing")


def credit_of(source: str) -> str:
    """`annie-spratt-78044-unsplash.jpg` → "Photo: Annie Spratt / Unsplash"; "" where the name tells nobody."""
    found = UNSPLASH.fullmatch(source.replace("\\", "/").rpartition("/")[2])
    return f"Photo: {found['who'].replace('-', ' ').title()} / Unsplash" if found else ""
