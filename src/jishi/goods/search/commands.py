"""Units that write: rules of words, what was asked, and the change that every index reads."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from jishi.kernel import Tx

from .face import PutRules, Rule, RuleList, WrongRule
from .queries import MAX_RULES, all_rules, day_of
from .tables import (
    ADD_RULE,
    ASK_AGAIN,
    ASK_FIRST,
    CHANGE_RULE,
    COUNT_RULES,
    DROP_RULES,
    FORGET_ASKED,
    FORGET_CHANGES,
    FORGET_ORDERS,
    NOTE,
    OLD_CHANGES,
    OLD_ORDERS,
    WORDS,
)
from .texts import folded

KINDS = {"two_way": 2, "one_way": 2, "banned": 1}  # kind → the fewest terms
MAX_TERMS, MAX_CHANGED = 40, 100  # terms of a rule, rules of a command
DAY_MS = 86_400_000
CHANGES_MS = 2 * DAY_MS  # an index that slept longer is built anew
ORDERS_MS = 30 * DAY_MS  # an order that nobody paid is long since cancelled
LOG_DAYS = 90
STEP = 256  # rows of a cleaning


def note(tx: Tx, kind: str, refs: Sequence[int] = ()) -> None:
    """Every process hears of it when the transaction is committed."""
    tx.run(NOTE, turn=tx.new_id(), kind=kind, refs=msgspec.msgpack.encode(list(refs)))


def put_rules(tx: Tx, cmd: PutRules) -> RuleList:
    """The rules are as told, all or none. The same new rule told twice is one. Raises `WrongRule`."""
    if len(cmd.rules) > MAX_CHANGED or len(cmd.drop) > MAX_CHANGED:
        raise WrongRule("many")
    known = {(r.kind, tuple(r.terms), r.valid_from, r.valid_to) for r in all_rules(tx)}
    for told in cmd.rules:
        rule = checked(told)
        packed = msgspec.msgpack.encode(rule.terms)
        if rule.id:
            tx.run(
                CHANGE_RULE, rule=rule.id, new_kind=rule.kind, new_terms=packed, begins=rule.valid_from,
                ends=rule.valid_to,
            )  # fmt: skip
        elif (rule.kind, tuple(rule.terms), rule.valid_from, rule.valid_to) not in known:
            tx.run(
                ADD_RULE, id=tx.new_id(), kind=rule.kind, terms=packed, valid_from=rule.valid_from,
                valid_to=rule.valid_to,
            )  # fmt: skip
    if cmd.drop:
        tx.run(DROP_RULES, ids=list(cmd.drop))
    if tx.row(COUNT_RULES)[0] > MAX_RULES:
        raise WrongRule("many")
    note(tx, "rules")
    return RuleList(all_rules(tx))


def checked(rule: Rule) -> Rule:
    """The rule with its terms as they are compared. Raises `WrongRule`."""
    if rule.kind not in KINDS:
        raise WrongRule("kind")
    terms = list(dict.fromkeys(t for term in rule.terms if (t := folded(term))))
    if not KINDS[rule.kind] <= len(terms) <= MAX_TERMS or any(len(t) > WORDS for t in terms):
        raise WrongRule("terms")
    if min(rule.valid_from, rule.valid_to) < 0 or (rule.valid_to and rule.valid_to <= rule.valid_from):
        raise WrongRule("dates")
    return Rule(rule.id, rule.kind, terms, rule.valid_from, rule.valid_to)


def ask_rebuild(tx: Tx, _: Any) -> None:
    """Every process builds its index anew."""
    note(tx, "rebuild")


class Heard(Struct):
    """How often words were asked since they were written down, and what there was the last time."""

    times: int = 0
    none_times: int = 0
    results: int = 0


def write_down(tx: Tx, heard: Mapping[str, Heard]) -> None:
    """The day's sums have these questions too; a key of the words' hash keeps one row a day and question."""
    today = day_of(tx.now)
    for words, h in heard.items():
        called = hashlib.blake2b(words.encode(), digest_size=16).hexdigest()
        more = dict(more=h.times, more_none=h.none_times, new_results=h.results)
        if not tx.run(ASK_AGAIN, on=today, called=called, **more) and not tx.once(
            ASK_FIRST, day=today, words_key=called, words=words, times=h.times, none_times=h.none_times,
            results=h.results,
        ):  # fmt: skip
            tx.run(ASK_AGAIN, on=today, called=called, **more)  # another process was first


def clean(tx: Tx) -> int:
    """What is too old is gone, in steps; answers how much there may be left."""
    tx.run(FORGET_ASKED, since=day_of(tx.now) - LOG_DAYS)
    old = [r[0] for r in tx.rows(OLD_CHANGES, before=turn_at(tx.now - CHANGES_MS), limit=STEP)]
    left = [r[0] for r in tx.rows(OLD_ORDERS, before=tx.now - ORDERS_MS, limit=STEP)]
    if old:
        tx.run(FORGET_CHANGES, ids=old)
    if left:
        tx.run(FORGET_ORDERS, ids=left)
    return max(len(old), len(left)) // STEP


def turn_at(ms: int) -> int:
    """The first turn of a moment (ms UTC): turns are ids, which are sorted by time."""
    from jishi.kernel import EPOCH_MS

    return max(0, ms - EPOCH_MS) << 22
