"""The axes, their one display state, what cancelled pieces are worth, and numbers that people type."""

import pytest
from hypothesis import given, strategies as st

from jishi.kernel.place import Reason
from jishi.trade.orders import ChildTerms, FreightTerms
from jishi.trade.orders.rules import (
    AFTER_SALE,
    CROCKFORD,
    FULFILMENT,
    PAYMENT,
    SHOWN,
    STAGES,
    LeavesTable,
    Sold,
    child_state,
    further,
    number,
    order_state,
    progress,
    read_number,
    strike_child,
    turn,
)


@pytest.mark.parametrize("axis", [FULFILMENT, PAYMENT, AFTER_SALE])
def test_every_step_of_an_axis_leads_to_a_state_of_the_axis(axis):
    assert all(to in axis for steps in axis.values() for to in steps)


@given(st.lists(st.sampled_from([*FULFILMENT, "paid"]), max_size=12))
def test_no_path_leaves_the_table(path):
    state = "placed"
    for to in path:
        if to in FULFILMENT[state]:
            state = turn(FULFILMENT, state, to)
        else:
            with pytest.raises(LeavesTable):
                turn(FULFILMENT, state, to)
    assert state in FULFILMENT


@given(st.sampled_from(STAGES), st.sampled_from(STAGES))
def test_a_child_only_goes_forward_by_itself(was, to):
    if further(was, to):
        assert STAGES.index(to) > STAGES.index(was)
    assert not further("cancelled", to)
    assert not further("completed", to)


children = st.lists(
    st.tuples(st.sampled_from(sorted(FULFILMENT)), st.integers(0, 3)).map(lambda x: child_state(*x)),
    min_size=1,
    max_size=5,
)


@given(st.sampled_from(sorted(PAYMENT)), children)
def test_what_a_page_shows_never_says_more_than_the_slowest_living_child(payment, shown):
    state = order_state(payment, shown)
    living = [s for s in shown if s != "cancelled"]
    if not living:
        assert state in ("cancelled", "refunded")
    elif "to_pay" in living:
        assert state == "to_pay"
    else:
        assert SHOWN.index(state) <= max(SHOWN.index(s) for s in living)
        assert state not in ("shipped", "delivered", "completed") or all(
            SHOWN.index(s) >= SHOWN.index(state) for s in living
        )


@pytest.mark.parametrize(
    ("shown", "state"),
    [
        (["to_ship", "to_ship"], "to_ship"),
        (["to_ship", "shipped"], "part_shipped"),
        (["part_shipped"], "part_shipped"),
        (["shipped", "delivered"], "shipped"),
        (["delivered", "completed"], "delivered"),
        (["cancelled", "completed"], "completed"),
        (["cancelled", "to_ship"], "to_ship"),
    ],
)
def test_a_parent_of_several_children(shown, state):
    assert order_state("paid", shown) == state


def test_parcels_bring_a_child_forward_only_when_nothing_is_left_in_the_house():
    assert progress(0, []) == ""
    assert progress(1, [True]) == ""
    assert progress(0, [True, False]) == "shipped"
    assert progress(0, [True, True]) == "delivered"


@st.composite
def histories(draw):
    lines = draw(
        st.lists(st.tuples(st.integers(1, 7), st.integers(0, 10**6), st.integers(0, 10**5)), min_size=1, max_size=4)
    )
    sold = [Sold(n, 1, quantity, gross, min(tax, gross)) for n, (quantity, gross, tax) in enumerate(lines, 1)]
    order = draw(st.permutations([x.n for x in sold for _ in range(x.quantity)]))
    cuts = draw(st.lists(st.booleans(), min_size=len(order), max_size=len(order)))
    steps, step = [], dict[int, int]()
    for n, cut in zip(order, cuts, strict=True):
        step[n] = step.get(n, 0) + 1
        if cut:
            steps.append(step)
            step = {}
    return sold, [*steps, step] if step else steps, draw(st.integers(0, 10**5))


def child_of(freight: int) -> ChildTerms:
    tax = freight // 9
    terms = FreightTerms("standard", freight - tax, tax, freight, 1300, "r", "half_up_line", Reason("r"))
    return ChildTerms(1, 71, 1, "domestic", 0, 0, 0, [], terms, 0, {"tax_liable": "platform"})


@given(histories())
def test_whatever_the_order_of_cancels_they_give_back_the_total_exactly(history):
    sold, steps, freight = history
    total, taxes = sum(x.gross for x in sold) + freight, sum(x.tax for x in sold) + freight // 9
    paid_for = {x.n: 3 * x.gross // 7 for x in sold}  # by the house, of the lines' discounts
    shares = [strike_child(child_of(freight), "US", sold, step, paid_for) for step in steps]
    assert sum(s.total for s in shares) == total
    assert sum(s.tax for s in shares) == sum(s.platform_tax for s in shares) == taxes
    assert sum(s.funded for s in shares) == sum(paid_for.values())
    assert all(s.funded >= 0 for s in shares)
    assert [s.freight for s in shares][:-1] == [0] * (len(shares) - 1)
    assert all(s.goods + s.freight == s.total >= 0 for s in shares)
    assert all(x.refunded == x.gross and x.left == 0 for x in sold)


@given(histories(), st.data())
def test_freight_stays_paid_when_a_piece_shipped(history, data):
    sold, steps, freight = history
    gone = data.draw(st.sampled_from(sold))
    gone.shipped = 1
    kept = gone.gross // gone.quantity  # the first ordinal's share
    back = 0
    for step in steps:
        cut = {n: min(k, next(x for x in sold if x.n == n).left) for n, k in step.items()}
        back += strike_child(child_of(freight), "US", sold, {n: k for n, k in cut.items() if k}, {}).total
    assert back == sum(x.gross for x in sold) - kept


def test_more_pieces_than_are_left_are_a_mistake():
    with pytest.raises(ValueError, match="line 1"):
        Sold(1, 1, 3, 1000, 0, cancelled=1, shipped=1).strike(2)


# --- numbers -----------------------------------------------------------------------------------------------------------


@given(st.integers(0, 2**45 - 1), st.integers(1, 10), st.sampled_from(CROCKFORD))
def test_a_wrong_character_is_found(bits, at, other):
    right = number(bits)
    wrong = right[:at] + other + right[at + 1 :]
    assert read_number(right) == right
    assert read_number(wrong) == (right if wrong == right else "")


@given(st.integers(0, 2**45 - 1), st.integers(1, 9))
def test_two_swapped_neighbours_are_found(bits, at):
    right = number(bits)
    wrong = right[:at] + right[at + 1] + right[at] + right[at + 2 :]
    assert read_number(wrong) == (right if wrong == right else "")


def test_numbers_are_read_as_people_type_them():
    right = number(0b00001_00000 << 5)
    assert len(right) == 11
    typed = right.lower().replace("0", "o").replace("1", "l")
    assert read_number(f" {typed[:4]} {typed[4:]}-2 ") == right
    for none in ("", "J", "ord_01", right[1:], right + "0", "K" + right[1:], "J" + "u" * 10):
        assert read_number(none) == ""
