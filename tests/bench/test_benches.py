"""Every benchmark runs with tiny numbers, so that none of them rots. Their figures mean nothing here."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

BENCH = Path(__file__).parents[2] / "bench"
SMALL = {
    "order": ["--products", "6", "--orders", "4", "--buyers", "2"],
    "place": ["--products", "6", "--orders", "8", "--callers", "4", "--seconds", "1"],
    "hot": ["--stock", "2", "--attempts", "5", "--buyers", "3", "--callers", "4", "--seconds", "1"],
    "detail": ["--products", "44", "--requests", "8", "--connections", "2"],
    "price": ["--seconds", "1"],
    "recommend": ["--items", "200", "--visitors", "60", "--products", "12"],
    "search": ["--products", "120", "--asks", "10"],
    "start": ["--runs", "1", "--pages", "6", "--plain", "4"],
}
SAID = {
    "order": "| cod, handled |",
    "place": "| place over HTTP, relay beside |",
    "hot": "| sound | yes |",
    "detail": "| product page, made |",
    "price": "| 2,000 | 10 |",
    "recommend": "| own feed |",
    "search": "a start with the index there",
    "start": "s to the first page",
}


def test_all_are_known() -> None:
    assert sorted(SMALL) == sorted(p.stem for p in BENCH.glob("[a-z]*.py") if p.stem != "kit")


def ran(name: str, *more: str) -> str:
    env = os.environ | {"JISHI_BENCH_MARIADB": "mysql://root@127.0.0.1:3306/bench_smoke"}
    command = [sys.executable, str(BENCH / f"{name}.py"), *SMALL[name], *more]
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=110, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(SMALL))
def test_runs_on_sqlite(name: str) -> None:
    """A second and more: it starts a server of its own."""
    assert SAID[name] in ran(name)


@pytest.mark.slow
@pytest.mark.engines
@pytest.mark.parametrize("name", ["order", "place", "hot"])
def test_runs_on_mariadb(name: str) -> None:
    """A second and more: it starts a server of its own."""
    assert SAID[name] in ran(name, "--engine", "maria")
