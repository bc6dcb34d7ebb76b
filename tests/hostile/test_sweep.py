"""The buying path dies at every boundary once, and every time comes to the same good end."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

FEWEST = 120  # boundaries; fewer would mean that the hook misses some
REACHED = 85  # of a hundred, on the shorter ways: commits that come to share a group are one boundary less


def swept(tmp_path: Path, kind: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.hostile.sweep", str(tmp_path / "sweep"), kind], capture_output=True, text=True, check=False,
        timeout=420,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-4_000:]
    return dict(json.loads(done.stdout))


@pytest.mark.slow
@pytest.mark.timeout(450)
def test_every_point_once(tmp_path: Path) -> None:
    """Slow: some hundred and sixty deaths, each with a second life on the files of the first."""
    report = swept(tmp_path, "whole")
    assert report["failed"] == {}
    assert report["points"] >= FEWEST
    assert report["died"] >= report["points"] - 6
    assert {"before the provider", "after the provider", "before the carrier", "after the carrier"} <= set(
        report["kinds"]
    )


@pytest.mark.slow
@pytest.mark.timeout(450)
@pytest.mark.parametrize("way", ["door", "cancel"])
def test_every_point_of_the_other_ways_once(tmp_path: Path, way: str) -> None:
    """Slow: cash at the door, and an order that is cancelled line by line once it is paid."""
    report = swept(tmp_path, way)
    assert report["failed"] == {}
    assert report["points"] >= FEWEST // 2
    assert report["died"] >= report["points"] * REACHED // 100


@pytest.mark.slow
def test_a_planted_fault_is_found(tmp_path: Path) -> None:
    """A carrier that books twice for one number: the sweep sees the parcel too many."""
    report = swept(tmp_path, "forgetful")
    assert report["failed"]
    assert all("the carrier has 3 parcels" in str(f["wrong"]) for f in report["failed"].values())
