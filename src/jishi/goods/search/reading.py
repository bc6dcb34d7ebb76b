"""A question understood: words → a query of the index, in steps from what was typed to what may have been meant."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import count, pairwise
from typing import Any

import msgspec
from msgspec import Struct, field
from tantivy import Occur, Query

from .entries import Card, coded
from .rulebook import Rulebook
from .shelf import Volume
from .texts import (
    MAX_TYPED,
    STOP,
    Piece,
    cut,
    cut_fine,
    distance,
    errors_allowed,
    folded,
    pieces,
    readings,
    spoken,
    stem,
    steps,
    surface,
)

MAX_PIECES = 12  # of a question; what comes behind is not looked for
WORTH = {"head": 9.0, "name": 6.0, "brand": 5.0, "category": 3.5, "attrs": 2.0, "text": 1.0}
PHRASE, SPOKEN, SHORT, OTHER, LOOSE = 3.0, 3.0, 1.5, 0.75, 0.5
EXACT, CODE = 4.0, 1_000.0
LIKE = 20  # goods that are looked at for a word near to one that nobody uses
BESIDE = 0.1  # what the weaker fields of a word add to its strongest
SLOT = tuple[Any, bool]  # a query, and whether anything can match it


class Reading(Struct):
    """`query` None: nothing can match. `lean` matches the same and ranks nothing: counting with it costs a fraction.
    `corrected`: the question as it was understood, "" as typed."""

    query: Any
    lean: Any
    corrected: str = ""
    loose: bool = False
    serial: int = field(default_factory=count().__next__)  # no two are alike


class Reader:
    """Reads questions against one volume at one moment."""

    def __init__(self, volume: Volume, rules: Rulebook) -> None:
        self.lean = False
        self.schema, self.searcher, self.rules = volume.schema, volume.searcher, rules
        self.found: dict[tuple[str, str], bool] = {}
        self.stop = STOP

    def readings(self, typed: str) -> Iterable[Reading]:
        """The ways to understand it, the strictest first; the caller takes the first that finds something."""
        plain = folded(typed[:MAX_TYPED])
        parts = [(p, list(pieces(p.text))[:MAX_PIECES]) for p in self.rules.parts(plain)][:MAX_PIECES]
        said = [x for _, some in parts for x in some]
        if said and all(x.text in STOP for x in said):
            self.stop = frozenset[str]()  # nothing else was said
        exact = self._code(typed)

        def strictly() -> Any:
            groups = [self._part(some, same) for (_, same), some in parts if some]
            strict = self._all([g for g in groups if g is not None], said)
            ways = [q for q in (exact, strict) if q is not None]
            return _either(ways) if ways else None

        if (read := self._twice(strictly)) is not None:
            yield read
        yield from self._meant(said)
        yield from self._less(said)

    def _twice(self, make: Callable[[], Any], **more: Any) -> Reading | None:
        """What `make` makes, once to rank by and once to count by."""
        query = make()
        if query is None:
            return None
        self.lean = True
        try:
            return Reading(query, make(), **more)
        finally:
            self.lean = False

    # --- as typed --------------------------------------------------------------------------------------------------------

    def _all(self, groups: Sequence[SLOT], said: Sequence[Piece]) -> Any:
        """Every group, and more for goods that say it in exactly these words; None when one of them is nowhere."""
        if not groups or not all(can for _, can in groups):
            return None
        must = [(Occur.Must, q) for q, _ in groups]
        words = steps(" ".join(p.text for p in said))
        if len(words) > 1 and not self.lean:
            must.append((Occur.Should, Query.boost_query(self._phrase(words), EXACT)))
        return Query.boolean_query(must)

    def _part(self, some: Sequence[Piece], same: Sequence[str]) -> SLOT | None:
        """A stretch of the question, or what means the same."""
        own = self._together(some)
        if own is None or not same:
            return own
        ways = [own[0]] if own[1] else []
        for text in same:
            other = self._together(list(pieces(text)))
            if other is not None and other[1]:
                ways.append(Query.boost_query(other[0], OTHER))
        return (_either(ways), bool(ways)) if ways else own

    def _together(self, some: Sequence[Piece]) -> SLOT | None:
        """All of these words; or, typed apart, the pinyin that they are together. None when they say nothing."""
        slots = [s for p in some if (s := self._piece(p)) is not None]
        if not slots:
            return None
        latin = [p.text for p in some if not p.han]
        ways = [_both([q for q, _ in slots])] if all(can for _, can in slots) else []
        if len(latin) == len(some) > 1 and self.has("py", joined := "".join(latin)):
            ways.append(self._term("py", joined, SPOKEN))
        return (_either(ways), bool(ways)) if ways else (Query.empty_query(), False)

    def _piece(self, p: Piece) -> SLOT | None:
        if not p.han:
            return None if p.text in self.stop else self._latin(p.text)
        slots = [self._han(w) for w in cut(p.text) if w not in self.stop]
        if not slots:
            return None
        return (_both([q for q, _ in slots]), all(can for _, can in slots))

    def _latin(self, word: str) -> SLOT:
        ways = self._fields(stem(word))
        if self.has("py", word):
            ways.append(self._term("py", word, SPOKEN))
        if not ways and 1 < len(word) <= 8 and self.has("ini", word):
            ways.append(self._term("ini", word, SHORT))
        return (_either(ways), bool(ways)) if ways else (Query.empty_query(), False)

    def _han(self, word: str) -> SLOT:
        ways = self._fields(word)
        if len(word) == 1:
            if self.has("run", word):
                ways.append(self._term("run", word, LOOSE if ways else 1.0))
        elif not ways and all(self.has("run", c) for c in word):
            phrase = self._phrase(list(word))
            if self._count(word, phrase):
                ways.append(Query.boost_query(phrase, PHRASE))
        if not ways and len(fine := [w for w in cut_fine(word) if w != word]) > 1:
            parts = [self._fields(w) for w in fine]
            if all(parts):
                ways.append(Query.boost_query(_both([_either(x) for x in parts]), LOOSE))
        return (_either(ways), True) if ways else (Query.empty_query(), False)

    def _fields(self, term: str) -> list[Any]:
        if self.lean:
            return [Query.term_query(self.schema, "all", term)] if self.has("all", term) else []
        return [self._term(f, term, w) for f, w in WORTH.items() if self.has(f, term)]

    def _code(self, typed: str) -> Any:
        """A SKU code or GTIN, whole: before everything else."""
        code = coded(typed)
        if len(code) < 2 or not self.has("codes", code):
            return None
        return Query.const_score_query(Query.term_query(self.schema, "codes", code), CODE)

    def slot(self, p: Piece) -> Any:
        """What a single piece is looked up by; None when it says nothing."""
        found = self._piece(p)
        return found[0] if found else None

    # --- as it may have been meant -----------------------------------------------------------------------------------------

    def _meant(self, said: Sequence[Piece]) -> Iterable[Reading]:
        """Words that nobody uses become near ones that goods have: by ear for Chinese, by letters else."""
        for whole in (False, True):
            changed, words = False, list[str]()
            for p in said:
                other = self._heard(p.text, whole=whole) if p.han else self._respelt(p.text)
                changed, words = changed or other != p.text, [*words, other]
            if changed:
                text = _spaced(words)
                read = self._twice(partial(self._again, folded(text)), corrected=text)
                if read is not None:
                    yield read

    def _again(self, plain: str) -> Any:
        """Another text, understood as if it had been typed."""
        groups = [self._part(pieces(x.text), x.same) for x in self.rules.parts(plain)]
        return self._all([g for g in groups if g is not None], pieces(plain))

    def _heard(self, run: str, *, whole: bool) -> str:
        """Chinese that sounds the same and is written of goods; `whole`: the run as one word, else word by word."""
        words = [run] if whole else list(cut(run))
        return "".join(w if not whole and self._han(w)[1] and len(w) > 1 else self._sounding(w) for w in words)

    def _sounding(self, word: str) -> str:
        for full, _ in readings(word) if len(word) > 1 else ():
            if self.has("py", full):
                for card in self._cards(self._term("py", full, 1.0), 3):
                    for name in card.names.values():
                        if (run := spoken(folded(name)).get(full)) and len(run) == len(word):
                            return run
        return word

    def _respelt(self, word: str) -> str:
        """The nearest word that goods have, for one that they have not; as typed when none is near enough."""
        most = errors_allowed(word)
        if not most or word in self.stop or self._latin(word)[1]:
            return word
        best = (most + 1, 0, "")
        for of in ("words", "py"):
            near = Query.fuzzy_term_query(self.schema, of, word, most)
            for card in self._cards(near, LIKE):
                for text in card.names.values():
                    plain = folded(text)
                    mine = surface(plain) if of == "words" else spoken(plain)
                    best = min([best, *((distance(word, w, most), -self.searcher.doc_freq(of, w), w) for w in mine)])
            if best[0] <= most:
                return best[2]
            best = min([best, *self._unnamed(of, word, most)])
        return best[2] if best[0] <= most else word

    def _unnamed(self, field: str, word: str, most: int) -> Iterable[tuple[int, int, str]]:
        """Near words that are not in a name but in a brand, a category or an attribute: those with the same beginning."""
        for term, n in self.searcher.terms_with_prefix(field, word[:2], limit=500) if field == "words" else ():
            yield distance(word, term, most), -n, term

    # --- with less -------------------------------------------------------------------------------------------------------

    def _less(self, said: Sequence[Piece]) -> Iterable[Reading]:
        """Chinese words by their characters; then goods that have at least half of the words."""
        for make in (self._by_characters, self._by_some):
            if (read := self._twice(partial(make, said), loose=True)) is not None:
                yield read

    def _slots(self, said: Sequence[Piece]) -> list[SLOT]:
        slots = list[SLOT]()
        for p in said:
            for word in cut(p.text) if p.han else (p.text,):
                if word in self.stop:
                    continue
                slot = self._han(word) if p.han else self._latin(word)
                if not slot[1] and p.han:
                    here = [c for c in word if self.has("run", c)]
                    slot = (_both([self._term("run", c, LOOSE) for c in here]), len(here) == len(word) > 0)
                slots.append(slot)
        return slots

    def _by_characters(self, said: Sequence[Piece]) -> Any:
        slots = self._slots(said)
        return _both([q for q, _ in slots]) if slots and all(can for _, can in slots) else None

    def _by_some(self, said: Sequence[Piece]) -> Any:
        slots = self._slots(said)
        have = [q for q, can in slots if can]
        if len(slots) < 2 or len(have) * 2 < len(slots):
            return None
        return Query.boolean_query([(Occur.Should, q) for q in have], max(1, (len(slots) + 1) // 2))

    def nearest(self, typed: str) -> list[str]:
        """Words that goods have, one for each word typed that has a near one, however far; at most five."""
        found = list[str]()
        for p in pieces(folded(typed[:MAX_TYPED])):
            if p.han:
                found += [w for w in cut_fine(p.text) if len(w) > 1 and self._han(w)[1]]
            elif len(p.text) > 2:
                terms = self.searcher.terms_with_prefix("words", p.text[:2], limit=500)
                close = sorted((distance(p.text, t, 3), -n, t) for t, n in terms)
                found += [t for d, _, t in close[:2] if d <= 3]
        return list(dict.fromkeys(w for w in found if not self.rules.is_banned(w)))[:5]

    # --- the index -------------------------------------------------------------------------------------------------------

    def has(self, field: str, term: str) -> bool:
        known = self.found.get((field, term))
        if known is None:
            known = self.found[field, term] = self.searcher.doc_freq(field, term) > 0
        return known

    def _term(self, field: str, term: str, boost: float) -> Any:
        return Query.boost_query(Query.term_query(self.schema, field, term), boost)

    def _phrase(self, words: Sequence[str]) -> Any:
        if len(words) == 1:
            return Query.term_query(self.schema, "run", words[0])
        return Query.phrase_query(self.schema, "run", list(words))

    def _count(self, word: str, phrase: Any) -> bool:
        """Whether some name has these characters in a row."""
        known = self.found.get(("phrase", word))
        if known is None:
            known = self.found["phrase", word] = bool(self.searcher.search(phrase, 1).count)
        return known

    def _cards(self, query: Any, n: int) -> list[Card]:
        hits = self.searcher.search(query, n, count=False).hits
        return [card_at(self.searcher, address) for _, address in hits]


def card_at(searcher: Any, address: Any) -> Card:
    return msgspec.msgpack.decode(searcher.doc(address)["card"][0], type=Card)


def _both(queries: Sequence[Any]) -> Any:
    return queries[0] if len(queries) == 1 else Query.boolean_query([(Occur.Must, q) for q in queries])


def _either(queries: Sequence[Any]) -> Any:
    return queries[0] if len(queries) == 1 else Query.disjunction_max_query(list(queries), BESIDE)


def _spaced(words: Sequence[str]) -> str:
    """Words put together as people write: a blank between two of letters, none between Chinese ones."""
    text = words[0] if words else ""
    for before, word in pairwise(words):
        text += (" " if before[-1:].isascii() or word[:1].isascii() else "") + word
    return text
