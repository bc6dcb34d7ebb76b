"""What is said to and by the reviews: commands, questions and views."""

from msgspec import Struct

from jishi.kernel.place import Text

SORTS = ("helpful", "newest", "critical")
TOPICS = ("quality", "value", "size", "delivery", "packaging", "look", "comfort", "taste", "smell", "service", "use")
REASONS = ("illegal", "hate", "personal", "obscene", "infringing", "advertising")  # why something may be withheld
MAX_TEXT, MAX_QUESTION, MAX_NOTE = 2_000, 500, 500  # characters
MAX_PICTURES, MAX_PAGE = 6, 50
CRITICAL = 3  # a review of fewer stars is critical


class WriteReview(Struct, frozen=True):
    """The buyer's word on one line of an order that arrived. Once a line: the same words again give the same review.

    The order is told by id or number; `secret` opens a guest's by its link. `pictures` are uploads as they came."""

    line: int
    stars: int  # 1 … 5
    text: str = ""
    pictures: list[bytes] = []
    order_id: int = 0
    number: str = ""
    secret: str = ""


class EditReview(Struct, frozen=True):
    """Its author says it better, within 30 days; what it said before is kept. `keep`: paths of pictures that stay."""

    review_id: int
    stars: int
    text: str = ""
    keep: list[str] = []
    pictures: list[bytes] = []
    secret: str = ""


class FollowUp(Struct, frozen=True):
    """追评: what the author says after some use, once, within 180 days."""

    review_id: int
    text: str
    pictures: list[bytes] = []
    secret: str = ""


class PutReply(Struct, frozen=True):
    """The merchant's one answer; said again with other words it is marked as edited."""

    review_id: int
    text: str


class Withhold(Struct, frozen=True):
    """Staff only, for content that is unlawful: `reason` (one of REASONS) is shown in its place, the stars still count.

    kind: review, reply, question, answer (`n` is its number in the question). `note` is for the log."""

    kind: str
    id: int
    reason: str
    note: str
    n: int = 0


class Restore(Struct, frozen=True):
    """It is shown again."""

    kind: str
    id: int
    note: str
    n: int = 0


class MarkHelpful(Struct, frozen=True):
    """One vote a person on a review (`n` = 0) or on answer `n` of a question; never on one's own. `on` False takes it back."""

    id: int
    n: int = 0
    on: bool = True


class Votes(Struct, frozen=True):
    helpful: int


class Shot(Struct, frozen=True):
    """`path` + `-400.webp` … are the served files; `sizes` the widths there are."""

    path: str
    width: int
    height: int
    sizes: list[int]


class Withheld(Struct, frozen=True):
    reason: str
    at: int


class FollowedUp(Struct, frozen=True):
    text: str
    pictures: list[Shot]
    at: int


class Reply(Struct, frozen=True):
    """The merchant's. `edited_at` 0: as it was first said."""

    text: str
    at: int
    edited_at: int = 0
    withheld: Withheld | None = None


class Review(Struct, frozen=True):
    """As everybody sees it. `author` is a mask out of the vault, "" once the person is erased. A withheld one has no
    text and no pictures. `bought` are the options of what was bought. `lang`: zh, en or other."""

    id: int
    product_id: int
    merchant_id: int
    stars: int
    text: str
    lang: str
    pictures: list[Shot]
    bought: Text
    author: str
    at: int
    edited_at: int
    helpful: int
    topics: dict[str, int]  # topic → 1 (praised) or -1 (criticised)
    follow_up: FollowedUp | None = None
    reply: Reply | None = None
    withheld: Withheld | None = None


class ReviewsQuery(Struct, frozen=True):
    """Reviews of a product. stars 0 = all; `critical`: fewer than three stars; `topic` one of TOPICS; lang: "", zh, en, other.

    sort: helpful (stars play no part in it, so praise and blame are mixed), newest, critical (fewest stars first)."""

    product_id: int
    stars: int = 0
    topic: str = ""
    with_pictures: bool = False
    critical: bool = False
    lang: str = ""
    sort: str = "helpful"
    cursor: str = ""
    limit: int = 10


class ReviewPage(Struct, frozen=True):
    """A page under several filters may hold fewer than asked for and still have a `next`."""

    rows: list[Review]
    next: str


class Theme(Struct, frozen=True):
    """How often a topic is praised and criticised."""

    topic: str
    good: int
    bad: int


class Summary(Struct, frozen=True):
    """`stars[0]` counts the ones … `stars[4]` the fives. Withheld reviews count. `questions`: those with an answer or not."""

    product_id: int
    count: int
    sum_stars: int
    stars: list[int]
    with_pictures: int
    langs: dict[str, int]
    themes: list[Theme]  # most spoken of first
    questions: int = 0

    @property
    def mean_tenths(self) -> int:
        """4.6 = 46, rounded half up; 0 without reviews."""
        return (20 * self.sum_stars + self.count) // (2 * self.count) if self.count else 0

    @property
    def critical(self) -> int:
        return sum(self.stars[: CRITICAL - 1])


class SummaryQuery(Struct, frozen=True):
    """≤ 100 products."""

    product_ids: list[int]


class SummaryList(Struct, frozen=True):
    """One each, in the order asked for; a product without reviews has zeros."""

    rows: list[Summary]


class MayReview(Struct, frozen=True):
    """The lines of one order (by id or number; `secret` for a guest's link), or, with neither, the actor's own lines
    that arrived and have no review yet: newest first, at most 50."""

    order_id: int = 0
    number: str = ""
    secret: str = ""


class ReviewableLine(Struct, frozen=True):
    """`can`: write, edit, follow_up. `until`: ms UTC at which editing or following up ends, 0 where neither can be done."""

    order_id: int
    line: int
    product_id: int
    can: list[str]
    review: Review | None = None
    until: int = 0
    number: str = ""
    handle: str = ""
    names: Text = {}
    options: Text = {}
    picture: str = ""


class ReviewableLines(Struct, frozen=True):
    rows: list[ReviewableLine]


class MyReviews(Struct, frozen=True):
    """The actor's own, newest first."""

    cursor: str = ""
    limit: int = 20


class ReviewQuery(Struct, frozen=True):
    id: int


class DeskReviews(Struct, frozen=True):
    """A clerk's merchant's, staff's all, newest first. tab: unanswered, critical, withheld, all."""

    tab: str = "unanswered"
    cursor: str = ""
    limit: int = 20


class Earlier(Struct, frozen=True):
    """What a review said until `at`."""

    stars: int
    text: str
    at: int


class DeskReview(Struct, frozen=True):
    """What the desk sees beside the review: its history, and, for staff, what was withheld."""

    review: Review
    history: list[Earlier]
    hidden_text: str = ""


class DeskPage(Struct, frozen=True):
    rows: list[DeskReview]
    next: str


class LogQuery(Struct, frozen=True):
    """What was withheld and restored, newest first."""

    cursor: str = ""
    limit: int = 50


class LogRow(Struct, frozen=True):
    """`what`: withheld, restored. `actor_id` is the member of staff."""

    id: int
    at: int
    what: str
    kind: str
    target_id: int
    n: int
    product_id: int
    reason: str
    note: str
    actor_id: int


class LogPage(Struct, frozen=True):
    rows: list[LogRow]
    next: str


class Ask(Struct, frozen=True):
    """A question about a product, by somebody who is signed in. `key` makes it safe to repeat."""

    product_id: int
    text: str
    key: str = ""


class PutAnswer(Struct, frozen=True):
    """By its merchant, or by somebody whom the product reached. One each; said again it replaces the first."""

    question_id: int
    text: str


class Answer(Struct, frozen=True):
    """`by`: merchant or buyer (it reached them). `author` is a mask, "" for the merchant."""

    n: int
    by: str
    author: str
    text: str
    at: int
    edited_at: int
    helpful: int
    withheld: Withheld | None = None


class Question(Struct, frozen=True):
    """Answers: the most helpful first."""

    id: int
    product_id: int
    merchant_id: int
    author: str
    text: str
    at: int
    answers: list[Answer]
    withheld: Withheld | None = None


class QuestionsQuery(Struct, frozen=True):
    """A product's, those with answers first, then newest first; or, for the desk (product 0), what waits for the
    merchant's answer."""

    product_id: int = 0
    cursor: str = ""
    limit: int = 10


class QuestionPage(Struct, frozen=True):
    rows: list[Question]
    next: str


class Silence(Struct, frozen=True):
    """No more mails that ask for a review: by the link's token, or (without one) for the actor. `on` False: again."""

    token: str = ""
    on: bool = True


class Quiet(Struct, frozen=True):
    on: bool
