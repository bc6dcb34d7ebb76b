"""What may be meant while it is typed: asked by others, categories, brands, goods. A beginning in Chinese, pinyin, initials
or any other letters is enough."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct
from tantivy import Occur, Query

from jishi.kernel.i18n import said
from jishi.kernel.place import Text

from .entries import FREE
from .face import Asked, Suggestion
from .facets import Names, any_of
from .reading import Reader, card_at
from .rulebook import Rulebook
from .shelf import Volume
from .texts import folded, initials, pieces, spoken, stem, steps

QUERIES, PLACES, GOODS = 3, 2, 6
ASKED_BY = 3  # times that a question was asked before it is shown to others
BEGINNINGS = 40  # words that begin so


class Known(Struct):
    """A name with every beginning that finds it."""

    text: str
    code: str
    begins: tuple[str, ...]


def known_of(names: Mapping[str, Text], locale: str) -> list[Known]:
    return [Known(said(text, locale), code, begins_of(text.values())) for code, text in names.items()]


def begins_of(texts: Iterable[str]) -> tuple[str, ...]:
    found = dict[str, None]()
    for text in texts:
        plain = folded(text)
        found |= dict.fromkeys([plain, *plain.split(), *spoken(plain), *initials(plain)])
    return tuple(found)


class Suggester:
    """Keeps beginnings of what has names; made anew when names or questions change."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], tuple[Any, list[Known]]] = {}
        self.asked: list[Known] = []

    def heard(self, rows: Iterable[Asked]) -> None:
        """What was asked most lately and found something."""
        self.asked = [Known(r.words, "", begins_of([r.words])) for r in rows if r.times >= ASKED_BY and r.results > 0]

    def suggest(
        self, words: str, limit: int, volume: Volume, names: Names, rules: Rulebook, locale: str, market: str
    ) -> list[Suggestion]:
        plain = folded(words)
        if not plain or rules.is_banned(plain):
            return []
        joined = plain.replace(" ", "")
        rows = [Suggestion("query", k.text) for k in _begun(self.asked, plain, joined, QUERIES) if k.text != plain]
        for kind, table in (("category", names.categories), ("brand", names.brands)):
            known = self._known(kind, locale, table)
            rows += [Suggestion(kind, k.text, k.code) for k in _begun(known, plain, joined, PLACES)]
        rows += self._goods(plain, joined, volume, rules, locale, market)
        seen: dict[tuple[str, str], Suggestion] = {}
        for row in rows:
            if not rules.is_banned(folded(row.text)):
                seen.setdefault((row.kind, row.code or row.text), row)
        return list(seen.values())[: max(1, min(limit, 10))]

    def _known(self, kind: str, locale: str, table: Mapping[str, Text]) -> list[Known]:
        made = self.kept.get((kind, locale))
        if made is None or made[0] is not table:
            made = self.kept[kind, locale] = (table, known_of(table, locale))
        return made[1]

    def _goods(
        self, plain: str, joined: str, volume: Volume, rules: Rulebook, locale: str, market: str
    ) -> Iterable[Suggestion]:
        """In stock first, what is liked before the rest; the last word may be only begun."""
        query = beginning(plain, joined, volume, rules)
        if query is None or market not in volume.markets:
            return []
        free = Query.boost_query(Query.term_query(volume.schema, f"state_{market}", FREE), 5.0)
        ranked = Query.boolean_query([(Occur.Must, query), (Occur.Should, free)])
        hits = volume.searcher.search(ranked, GOODS, count=False, weight_by_field="liked").hits
        cards = [card_at(volume.searcher, address) for _, address in hits]
        return [Suggestion("product", said(c.names, locale), c.handle, c.picture) for c in cards]


def _begun(known: Iterable[Known], plain: str, joined: str, most: int) -> list[Known]:
    found = [k for k in known if any(b.startswith((plain, joined)) for b in k.begins)]
    return sorted(found, key=lambda k: len(k.text))[:most] if most == PLACES else found[:most]


def beginning(plain: str, joined: str, volume: Volume, rules: Rulebook) -> Any:
    """Goods whose name has these words, of the last one at least the beginning; None when there are none."""
    some = list(pieces(plain))
    if not some:
        return None
    schema, ways, last = volume.schema, list[Any](), some[-1]
    if last.han:
        chars = steps(plain)
        ways.append(
            Query.term_query(schema, "run", chars[0])
            if len(chars) == 1
            else Query.phrase_query(schema, "run", list(chars))
        )
    else:
        for field, text in (("begin", last.text), ("py", joined), ("ini", joined)):
            begun = [t for t, _ in volume.searcher.terms_with_prefix(field, text, limit=BEGINNINGS)]
            if not begun:
                continue
            last_word = Query.const_score_query(any_of(schema, field, begun), 1.0)
            before = some[:-1] if field == "begin" else []
            reader = Reader(volume, rules)
            must = [(Occur.Must, last_word)]
            if field == "begin" and reader.has("head", stem(last.text)):  # a whole word of what it is
                must.append((Occur.Should, Query.term_query(schema, "head", stem(last.text))))
            for p in before:
                slot = reader.slot(p)
                if slot is not None:
                    must.append((Occur.Must, slot))
            ways.append(Query.boolean_query(must) if len(must) > 1 else last_word)
    if not ways:
        return None
    return ways[0] if len(ways) == 1 else Query.disjunction_max_query(ways)
