"""The face of reviews: each verb asks for its permission and is told in a file of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, cast

from jishi.goods.catalog import Catalog
from jishi.kernel import Context, Database, Grants, Handler, Service
from jishi.kernel.blobs import Blobs
from jishi.kernel.documents import Documents, Kind
from jishi.people.accounts import Accounts
from jishi.people.notices import Notices
from jishi.people.vault import CardsErased, Vault
from jishi.trade.orders import Orders

from . import counting, erasing, invites, listing, moderation, questions, writing
from .face import Reviews
from .keeping import Encode, Encoded, Run
from .kinds import KINDS
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

AT_ONCE = 1  # pictures being re-encoded for reviews: a large one takes 300 MB while it does
Told = Any  # a coroutine function of (parts, context, event)


class ReviewsService(Service, Reviews):
    """`encode` is the catalogue's way with uploads, handed in by the composition root; `run` takes it off the loop."""

    kinds: Sequence[Kind[Any]] = KINDS

    def __init__(
        self,
        db: Database,
        grants: Grants,
        documents: Documents,
        orders: Orders,
        catalog: Catalog,
        vault: Vault,
        notices: Notices,
        accounts: Accounts,
        blobs: Blobs,
        *,
        encode: Encode,
        pepper: bytes,
        base_url: str = "http://localhost:8000",
        run: Run = asyncio.to_thread,
    ) -> None:
        super().__init__(db, grants)
        self.documents, self.orders, self.catalog, self.vault = documents, orders, catalog, vault
        self.notices, self.accounts, self.blobs, self.pepper = notices, accounts, blobs, pepper
        self.encode, self.run, self.base_url = encode, run, base_url.rstrip("/")
        self.room = asyncio.Semaphore(AT_ONCE)

    async def encoded(self, image: bytes) -> Encoded:
        """Raises `BadPicture`."""
        async with self.room:
            return cast(Encoded, await self.run(self.encode, image))

    def link(self, locale: str, path: str) -> str:
        return f"{self.base_url}/{locale}{path}"

    # --- buyers ------------------------------------------------------------------------------------------------------

    async def write(self, ctx: Context, command: WriteReview, /) -> Review:
        self.check(ctx, "trade:review:write")
        return await writing.write(self, ctx, command)

    async def edit(self, ctx: Context, command: EditReview, /) -> Review:
        self.check(ctx, "trade:review:write")
        return await writing.edit(self, ctx, command)

    async def follow_up(self, ctx: Context, command: FollowUp, /) -> Review:
        self.check(ctx, "trade:review:write")
        return await writing.follow_up(self, ctx, command)

    async def may_review(self, ctx: Context, query: MayReview, /) -> ReviewableLines:
        self.check(ctx, "trade:review:write")
        return await invites.may_review(self, ctx, query)

    async def mine(self, ctx: Context, query: MyReviews, /) -> ReviewPage:
        self.check(ctx, "trade:review:write")
        return await listing.mine(self, ctx, query)

    async def helpful(self, ctx: Context, command: MarkHelpful, /) -> Votes:
        self.check(ctx, "trade:review:vote")
        return await counting.helpful(self, ctx, command)

    async def silence(self, ctx: Context, command: Silence, /) -> Quiet:
        self.check(ctx, "trade:review:silence")
        return await invites.silence(self, ctx, command)

    # --- everybody ---------------------------------------------------------------------------------------------------

    async def reviews(self, ctx: Context, query: ReviewsQuery, /) -> ReviewPage:
        self.check(ctx, "trade:review:see")
        return await listing.reviews(self, query)

    async def review(self, ctx: Context, query: ReviewQuery, /) -> Review:
        self.check(ctx, "trade:review:see")
        return await listing.review(self, query)

    async def summary(self, ctx: Context, query: SummaryQuery, /) -> SummaryList:
        self.check(ctx, "trade:review:see")
        return await listing.summary(self, query)

    async def questions(self, ctx: Context, query: QuestionsQuery, /) -> QuestionPage:
        self.check(ctx, "trade:review:see")
        return await questions.questions(self, ctx, query)

    async def ask(self, ctx: Context, command: Ask, /) -> Question:
        self.check(ctx, "trade:review:ask")
        return await questions.ask(self, ctx, command)

    async def answer(self, ctx: Context, command: PutAnswer, /) -> Question:
        self.check(ctx, "trade:review:answer")
        return await questions.answer(self, ctx, command)

    # --- the desk ----------------------------------------------------------------------------------------------------

    async def reply(self, ctx: Context, command: PutReply, /) -> Review:
        self.check(ctx, "trade:review:reply")
        return await writing.reply(self, ctx, command)

    async def desk(self, ctx: Context, query: DeskReviews, /) -> DeskPage:
        self.check(ctx, "trade:review:desk")
        return await listing.desk(self, ctx, query)

    async def withhold(self, ctx: Context, command: Withhold, /) -> None:
        self.check(ctx, "trade:review:withhold")
        await moderation.withhold(self, ctx, command)

    async def restore(self, ctx: Context, command: Restore, /) -> None:
        self.check(ctx, "trade:review:withhold")
        await moderation.restore(self, ctx, command)

    async def log(self, ctx: Context, query: LogQuery, /) -> LogPage:
        self.check(ctx, "trade:review:withhold")
        return await moderation.log(self, query)

    # --- what is heard -----------------------------------------------------------------------------------------------

    def _story(self, told: Told) -> Any:
        async def story(ctx: Context, event: Any) -> None:
            await told(self, ctx, event)

        story.__name__ = told.__name__  # the inbox knows handlers by name
        return story

    def handlers(self) -> Sequence[Handler]:
        story = self._story
        return [
            Handler(self.db, invites.Tracked, unit=invites.tracked),
            Handler(self.db, invites.Completed, unit=invites.completed),
            Handler(self.db, invites.Arrived, story=story(invites.arrived)),
            Handler(self.db, invites.AskDue, story=story(invites.ask_due)),
            Handler(self.db, counting.Spoken, story=story(counting.settle)),
            Handler(self.db, counting.Voted, story=story(counting.voted)),
            Handler(self.db, CardsErased, story=story(erasing.forget)),
        ]
