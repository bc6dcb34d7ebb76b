"""How reviews, questions, votes and the log lie in the document store, and by what they are found."""

from msgspec import Struct

from jishi.kernel.documents import Index, Kind
from jishi.kernel.place import Text

from .terms import Earlier, FollowedUp, Reply, Shot, Summary, Theme, Withheld


class ReviewDoc(Struct, frozen=True):
    """Its id is made of its order line, so a line has one. `rank`, `low`: see `rules`. `critical`, `pictured`,
    `answered`, `hidden` are 0 or 1, for indexes."""

    order_id: int
    line: int
    number: str
    product_id: int
    merchant_id: int
    person_id: int
    stars: int
    text: str
    lang: str
    pictures: list[Shot]
    bought: Text
    author: str
    at: int
    edited_at: int
    helpful: int
    topics: dict[str, int]
    rank: int
    low: int
    critical: int
    pictured: int
    answered: int
    hidden: int
    history: list[Earlier]
    follow_up: FollowedUp | None = None
    reply: Reply | None = None
    withheld: Withheld | None = None


class MentionDoc(Struct, frozen=True):
    """A review speaks of a topic, well (1) or badly (-1). Its id is `<review>.<topic>`; it follows its review."""

    review: int
    product_id: int
    topic: str
    tone: int
    at: int
    rank: int
    low: int


class VoteDoc(Struct, frozen=True):
    """A person found it helpful. Its id is `<target>.<person>`; target: `<review>` or `<question>-<answer>`."""

    target: str
    person_id: int
    at: int


class SummaryDoc(Struct, frozen=True):
    """The counts of a product, under its id. Counted anew from the reviews at each change, so never drifting."""

    product_id: int
    stars: list[int]
    with_pictures: int
    langs: dict[str, int]
    themes: list[Theme]
    questions: int
    at: int

    def view(self) -> Summary:
        total = sum((i + 1) * n for i, n in enumerate(self.stars))
        return Summary(
            self.product_id, sum(self.stars), total, self.stars, self.with_pictures, self.langs, self.themes,
            self.questions,
        )  # fmt: skip


class AnswerBody(Struct, frozen=True):
    n: int
    by: str
    person_id: int
    author: str
    text: str
    at: int
    edited_at: int = 0
    helpful: int = 0
    withheld: Withheld | None = None


class QuestionDoc(Struct, frozen=True):
    """`rank`: answered ones first, then the newest. `waits`: 1 until the merchant has answered."""

    product_id: int
    merchant_id: int
    person_id: int
    author: str
    text: str
    at: int
    rank: int
    waits: int
    answers: list[AnswerBody] = []
    withheld: Withheld | None = None


class LogDoc(Struct, frozen=True):
    at: int
    what: str
    kind: str
    target_id: int
    n: int
    product_id: int
    reason: str
    note: str
    actor_id: int


P = ("product_id",)
REVIEWS = Kind(
    "trade.reviews.reviews",
    ReviewDoc,
    *[
        Index((*P, *field, sort))
        for field in ((), ("stars",), ("critical",), ("pictured",), ("lang",))
        for sort in ("rank", "at")
    ],
    Index((*P, "low")),
    Index(("person_id", "at")),
    Index(("at",)),
    Index(("critical", "at")),
    Index(("hidden", "at")),
    Index(("answered", "at")),
    Index(("merchant_id", "at")),
    Index(("merchant_id", "critical", "at")),
    Index(("merchant_id", "answered", "at")),
    Index(("merchant_id", "hidden", "at")),
)
MENTIONS = Kind(
    "trade.reviews.mentions",
    MentionDoc,
    Index(("product_id", "topic", "rank")),
    Index(("product_id", "topic", "at")),
    Index(("product_id", "topic", "low")),
    Index(("product_id", "topic", "tone")),
)
VOTES = Kind("trade.reviews.votes", VoteDoc, Index(("target",)))
SUMMARIES = Kind("trade.reviews.summaries", SummaryDoc)
QUESTIONS = Kind(
    "trade.reviews.questions",
    QuestionDoc,
    Index(("product_id", "rank")),
    Index(("merchant_id", "waits", "at")),
    Index(("waits", "at")),
    Index(("person_id",)),
)
LOG = Kind("trade.reviews.log", LogDoc, Index(("at",)))
KINDS = (REVIEWS, MENTIONS, VOTES, SUMMARIES, QUESTIONS, LOG)
