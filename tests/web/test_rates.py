"""How often one may ask: a window that slides, in bounded memory."""

import pytest

from jishi.web.rates import Rate, Windows, parse
from tests.kit import Clock


def test_a_spent_rate_comes_back_as_its_window_slides():
    clock, item = Clock(1_800_000_000_000 // 60_000 * 60_000), parse("4/minute")
    windows = Windows(clock)
    assert [windows.hit(item, ("write", "p7")) for _ in range(5)] == [True, True, True, True, False]
    assert windows.hit(item, ("write", "p8"))
    clock.pass_time(seconds=60)  # all four still within reach
    assert not windows.hit(item, ("write", "p7"))
    clock.pass_time(seconds=30)  # two of them
    assert [windows.hit(item, ("write", "p7")) for _ in range(3)] == [True, True, False]
    clock.pass_time(minutes=2)
    assert windows.hit(item, ("write", "p7"))


def test_the_one_that_asked_longest_ago_is_forgotten_first():
    windows = Windows(Clock(60_000), most=2)
    item = parse("1/minute")
    for who in ("a", "b", "c"):
        assert windows.hit(item, ("read", who))
    assert list(windows.kept) == [("read", "b"), ("read", "c")]
    assert not windows.hit(item, ("read", "b"))


def test_a_rate_is_a_number_and_a_span():
    assert [parse("20/minute"), parse("3 / day")] == [Rate(20, 60), Rate(3, 86_400)]
    for wrong in ("", "20", "/minute", "-1/minute", "20/week", "x/hour"):
        with pytest.raises(ValueError, match="is no rate"):
            parse(wrong)
