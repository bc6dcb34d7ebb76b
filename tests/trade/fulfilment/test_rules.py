"""Properties of the pure rules."""

from hypothesis import given, strategies as st

from jishi.trade.fulfilment import Track
from jishi.trade.fulfilment.rules import ENDED, RUNGS, Left, at_the_door, clean, news, reached, to_stop

STATES = [*RUNGS, "exception"]
TRACKS = st.lists(st.builds(Track, at=st.integers(0, 9), state=st.sampled_from(STATES), place=st.just("")), max_size=12)


@given(TRACKS, st.integers(0, 12))
def test_each_state_is_news_once_and_never_backwards_however_the_answers_come(tracks: list[Track], cut: int) -> None:
    rung, seen, told = 0, set[str](), list[str]()
    for answer in (tracks[:cut], tracks, tracks):  # the second ask repeats the first, the third is in vain
        for track in news(rung, seen, answer):
            told.append(track.state)
            if track.state in RUNGS:
                assert RUNGS[track.state] > rung
                rung = RUNGS[track.state]
        seen |= {t.state for t in answer}
    assert len(told) == len(set(told))
    assert "signed" not in told or told.index("delivered") < told.index("signed")
    if any(t.state in ("signed", "refused") for t in tracks):
        assert rung == ENDED


@given(
    st.integers(0, 10**6),
    st.lists(st.tuples(st.integers(1, 9), st.integers(0, 10**5)), min_size=1, max_size=4),
    st.data(),
)
def test_the_cash_of_all_parcels_is_the_cash_of_the_child(
    due: int, lines: list[tuple[int, int]], data: st.DataObject
) -> None:
    left = [(n, n, value) for n, value in lines]
    untold, got = due, list[int]()
    while any(n for n, _, _ in left):
        takes = [data.draw(st.integers(0, n)) for n, _, _ in left]
        if not any(takes):
            takes = [n for n, _, _ in left]
        parcel = [(k, whole, value) for k, (_, whole, value) in zip(takes, left, strict=True) if k]
        cash = at_the_door(untold, parcel, left)
        assert 0 <= cash <= untold
        got.append(cash)
        untold -= cash
        left = [(n - k, whole, value) for k, (n, whole, value) in zip(takes, left, strict=True)]
    assert sum(got) == due


def test_parcels_without_a_value_share_by_pieces() -> None:
    assert at_the_door(900, [(1, 3, 0)], [(3, 3, 0)]) == 300


@given(
    st.dictionaries(st.integers(1, 3), st.sampled_from(["open", "packed", "shipped", "cancelled"])),
    st.lists(st.tuples(st.integers(1, 3), st.integers(1, 3), st.integers(1, 4)), max_size=5),
)
def test_a_stop_takes_what_is_left_of_open_work_or_nothing(
    states: dict[int, str], asked: list[tuple[int, int, int]]
) -> None:
    lines = [Left(child * 10, child, line, 3) for child in states for line in (1, 2)]
    off = to_stop(states, lines, asked)
    if off is None:
        return
    for fulfilment_id, _, n in off:
        assert states[fulfilment_id // 10] == "open"
        assert n <= 3
    if asked:
        assert sum(n for _, _, n in off) == sum(n for child, _, n in asked if child in states)


def test_an_unknown_state_is_not_kept_and_long_words_are_cut() -> None:
    told = clean([Track(1, "teleported", ""), Track(2, "signed", "x" * 300, "y" * 300)])
    assert told == [Track(2, "signed", "x" * 100, "y" * 200)]


def test_a_refused_parcel_keeps_its_child_from_being_delivered() -> None:
    assert not reached("delivered", [(7, "refused"), (7, "signed")])
    assert reached("delivered", [(7, "signed"), (6, "delivered")])
    assert reached("refused", [(7, "refused")])
