"""Faults: a code, a body that crosses the wire, and defaults that never hide what was told."""

from jishi.kernel import Fault


class Stuck(Fault, code="test.stuck", status=409):
    at: int = 0
    why: str = ""


def test_a_field_with_a_default_says_what_it_was_told():
    assert (Stuck(7, "rust").at, Stuck(7, "rust").why) == (7, "rust")
    assert (Stuck(why="rust").at, Stuck().why) == (0, "")


def test_a_fault_comes_back_typed_with_all_its_fields():
    back = Fault.unpack(Stuck(7, "rust").pack())
    assert isinstance(back, Stuck)
    assert back.body == Stuck(7, "rust").body
