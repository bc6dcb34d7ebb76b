"""What buyers say of what they bought, what is asked about it, and how it is counted."""

from abc import abstractmethod

from jishi.kernel import Context, Event, Face, Fault

from .terms import (
    Ask,
    DeskPage,
    DeskReviews,
    EditReview,
    FollowUp,
    LogPage,
    LogQuery,
    MarkHelpful,
    MayReview,
    MyReviews,
    PutAnswer,
    PutReply,
    Question,
    QuestionPage,
    QuestionsQuery,
    Quiet,
    Restore,
    Review,
    ReviewableLines,
    ReviewPage,
    ReviewQuery,
    ReviewsQuery,
    Silence,
    SummaryList,
    SummaryQuery,
    Votes,
    Withhold,
    WriteReview,
)


class Rated(Event, tag="trade.reviews.rated", frozen=True):
    """The stars of a product by now. Later counts may come first: the one with the greater `at` is the newer."""

    product_id: int
    count: int
    sum_stars: int
    at: int


class Changed(Event, tag="trade.reviews.changed", frozen=True):
    """What is shown beside a product is another: a review, a reply, a question, an answer, votes."""

    product_id: int


class NoReview(Fault, code="review.none", status=404):
    id: int = 0


class NoQuestion(Fault, code="review.no_question", status=404):
    id: int = 0


class NotArrived(Fault, code="review.not_arrived", status=409):
    """The line has not been delivered (or never will be): there is nothing to review yet."""

    line: int


class ProductGone(Fault, code="review.product_gone", status=410):
    """It is archived or recalled: its reviews can be read with the order, and no new ones are written."""

    product_id: int


class Reviewed(Fault, code="review.written", status=409):
    """The line has its review, with other words: edit that one."""

    review_id: int


class EditOver(Fault, code="review.edit_over", status=409):
    """The days for editing or following up are over, or the follow-up is written."""

    what: str  # edit, follow_up
    days: int


class OwnVote(Fault, code="review.own_vote", status=409):
    """Nobody votes for their own words."""


class NotBought(Fault, code="review.not_bought", status=403):
    """Only its merchant and those whom the product reached answer questions about it."""

    product_id: int


class Reviews(Face):
    name = "trade.reviews"

    @abstractmethod
    async def write(self, ctx: Context, command: WriteReview, /) -> Review: ...
    @abstractmethod
    async def edit(self, ctx: Context, command: EditReview, /) -> Review: ...
    @abstractmethod
    async def follow_up(self, ctx: Context, command: FollowUp, /) -> Review: ...
    @abstractmethod
    async def reply(self, ctx: Context, command: PutReply, /) -> Review: ...
    @abstractmethod
    async def withhold(self, ctx: Context, command: Withhold, /) -> None: ...
    @abstractmethod
    async def restore(self, ctx: Context, command: Restore, /) -> None: ...
    @abstractmethod
    async def helpful(self, ctx: Context, command: MarkHelpful, /) -> Votes: ...
    @abstractmethod
    async def reviews(self, ctx: Context, query: ReviewsQuery, /) -> ReviewPage: ...
    @abstractmethod
    async def review(self, ctx: Context, query: ReviewQuery, /) -> Review: ...
    @abstractmethod
    async def summary(self, ctx: Context, query: SummaryQuery, /) -> SummaryList: ...
    @abstractmethod
    async def may_review(self, ctx: Context, query: MayReview, /) -> ReviewableLines: ...
    @abstractmethod
    async def mine(self, ctx: Context, query: MyReviews, /) -> ReviewPage: ...
    @abstractmethod
    async def desk(self, ctx: Context, query: DeskReviews, /) -> DeskPage: ...
    @abstractmethod
    async def log(self, ctx: Context, query: LogQuery, /) -> LogPage: ...
    @abstractmethod
    async def ask(self, ctx: Context, command: Ask, /) -> Question: ...
    @abstractmethod
    async def answer(self, ctx: Context, command: PutAnswer, /) -> Question: ...
    @abstractmethod
    async def questions(self, ctx: Context, query: QuestionsQuery, /) -> QuestionPage: ...
    @abstractmethod
    async def silence(self, ctx: Context, command: Silence, /) -> Quiet: ...
