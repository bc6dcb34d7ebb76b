"""For developers: write the revision that brings a module's tables from its last one to its metadata.

`python -m jishi.kernel.revisions write goods.inventory "lots"` writes one; `… initial` throws all revisions away and
writes each module's first one: until the first release, and never after it."""

from __future__ import annotations

import importlib
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine

from .migrations import VERSIONS, numbers, run, stem
from .sql import Module

FILE = '''"""{name}: {message}."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "{revision}"
down_revision: str | None = {down}
branch_labels: tuple[str, ...] | None = {labels}
depends_on: str | None = None


def upgrade() -> None:
    {body}
'''


def write_revision(module: Module, message: str, folder: Path = VERSIONS) -> Path | None:
    """The file with what is missing in the module's last revision; None: nothing is."""
    from alembic.autogenerate import produce_migrations, render_python_code
    from alembic.operations.ops import CreateTableOp
    from alembic.runtime.migration import MigrationContext

    last = numbers(path.stem for path in folder.glob(f"{stem(module)}_[0-9][0-9][0-9][0-9].py")).get(stem(module), 0)
    with create_engine("sqlite://").connect() as c:
        if last:
            run(c, [module], folder)
        context = MigrationContext.configure(
            c,
            opts={
                "target_metadata": module.meta,
                "include_name": lambda name, kind, parents: kind != "table" or name != "alembic_version",
                "compare_type": True,
            },
        )
        ops = produce_migrations(context, module.meta).upgrade_ops
        if ops is None or ops.is_empty():
            return None
        for op in ops.ops:
            if isinstance(op, CreateTableOp):
                op.info = {}  # a table's owner is no part of its definition
        body = render_python_code(ops, render_as_batch=bool(last), migration_context=context)
    body = "\n".join(text for text in body.splitlines() if not text.strip().startswith("# ###"))
    revision, base = f"{stem(module)}_{last + 1:04d}", f'"{stem(module)}_{last:04d}"'
    labels = None if last else f'("{module.name}",)'
    down = base if last else None
    path = folder / f"{revision}.py"
    path.write_text(
        FILE.format(name=module.name, message=message, revision=revision, down=down, labels=labels, body=body.strip()),
        encoding="utf-8",
    )
    return path


def tidy(paths: Sequence[Path]) -> None:
    """As the formatter likes them, without what they do not use."""
    files = [str(path) for path in paths]
    for command in (["check", "--fix", "-q", "--select", "F401,I,RUF100"], ["format", "-q"]):
        subprocess.run([sys.executable, "-m", "ruff", *command, *files], check=True)


def import_modules() -> list[Module]:
    """Every module of the shop, in the order of its name."""
    root = Path(__file__).parent.parent
    for path in sorted(root.rglob("*.py")):
        if "\nmodule = Module(" in path.read_text(encoding="utf-8"):
            importlib.import_module(".".join(path.relative_to(root.parent).with_suffix("").parts))
    return [Module.all[name] for name in sorted(Module.all)]


def main(args: Sequence[str]) -> int:
    modules: Any = {m.name: m for m in import_modules()}
    match list(args):
        case ["initial"]:
            for old in VERSIONS.glob("*_[0-9][0-9][0-9][0-9].py"):
                old.unlink()
            written = [write_revision(m, "its first tables") for m in modules.values()]
        case ["write", name, message] if name in modules:
            written = [write_revision(modules[name], message)]
        case _:
            print(__doc__)
            return 2
    if paths := [path for path in written if path]:  # without paths the formatter would take all there is
        tidy(paths)
    print(*([str(path) for path in paths] or ["nothing is new"]), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
