"""Every command that README and docs/ tell is run here; one that this test does not know how to run fails it."""

import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import uvloop

from .commands import ROOT, copied, env_of, free_port, furnish, invoked, started

TEXTS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
FENCE = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
FINDS_SOMETHING = ("jishi import tests/data/shopify_broken.csv",)  # the sample is broken on purpose: exit code 1
LINK = re.compile(r"\]\((?!https?:|#)([^)#\s]+)")


def told() -> Iterator[tuple[str, str]]:
    """(text, command) of every line in a fence of sh; a backslash joins lines, # begins a remark."""
    for text in TEXTS:
        for block in FENCE.findall(text.read_text("utf-8")):
            for line in block.replace("\\\n", " ").splitlines():
                if command := " ".join(shlex.split(line, comments=True, posix=False)):
                    yield str(text.relative_to(ROOT)), command


COMMANDS = sorted({command for _, command in told()})


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("furnished")
    uvloop.run(furnish(folder))
    return folder


@pytest.fixture
def place(furnished: Path, tmp_path: Path) -> Path:
    """A folder that looks like the checkout to a command, with a small shop in var/."""
    copied(furnished, tmp_path / "var")
    for name in ("tests", "bench"):
        (tmp_path / name).symlink_to(ROOT / name)
    return tmp_path


def test_there_are_commands_to_run() -> None:
    assert {"make demo", "make test", "jishi --help", "jishi doctor"} <= set(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_of_the_documents_works(command: str, place: Path) -> None:
    match shlex.split(command):
        case ["make", *targets]:
            run([shutil.which("make") or "make", "-n", *targets], place, cwd=ROOT)
        case ["jishi", "demo" | "serve" | "worker", *_] as words:
            goes_on(words[1:], place)
        case ["jishi", "bench", *names]:
            assert all((ROOT / "bench" / f"{name}.py").is_file() for name in names if not name.startswith("-"))
        case ["jishi", *args]:
            done = invoked(args, env_of(place / "var"), place)
            assert done.exit_code == int(command.startswith(FINDS_SOMETHING)), done.output
        case ["python", "-m", "jishi.kernel.revisions", *args]:  # writes beside its sources: beside a copy of them
            shutil.copytree(ROOT / "src", place / "src", ignore=shutil.ignore_patterns("__pycache__", "static"))
            run([sys.executable, "-m", "jishi.kernel.revisions", *args], place, PYTHONPATH=str(place / "src"))
        case ["python", script, *_] if script.startswith("bench/"):  # takes its time: it must know its options
            run([sys.executable, str(ROOT / script), "--help"], place)
        case _:
            pytest.fail(f"this test does not know how to run {command}")


def run(words: list[str], place: Path, cwd: Path | None = None, **env: str) -> None:
    done = subprocess.run(
        words, cwd=cwd or place, env=env_of(place / "var", **env), capture_output=True, text=True, timeout=60, check=False
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def goes_on(args: list[str], place: Path) -> None:
    """Started with a port that is free here, looked at, and ended."""
    port = free_port()
    words = [str(port) if before == "--port" else word for before, word in zip(["", *args], args, strict=False)]
    for catalog in ("own", "fixtures"):
        (place / "var" / f"filled-{catalog}").write_text("filled\n")
    env = env_of(place / "var", JISHI_PORT=str(port))
    if args[0] == "worker":
        with started(words, env, place, says="Delivering"):
            return
    with started(words, env, place, port):
        assert httpx.get(f"http://127.0.0.1:{port}/en").status_code == 200


@pytest.mark.parametrize("text", TEXTS, ids=lambda path: path.name)
def test_what_the_documents_point_at_is_there(text: Path) -> None:
    assert [to for to in LINK.findall(text.read_text("utf-8")) if not (text.parent / to).exists()] == []
