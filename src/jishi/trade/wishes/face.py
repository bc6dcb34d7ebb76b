"""What somebody would like to have: favourites, shops that are followed, and the notices that were asked for."""

from abc import abstractmethod

from msgspec import Struct

from jishi.kernel import Context, Face, Fault

MAX_FAVOURITES, MAX_FOLLOWED, MAX_WATCHES = 500, 200, 100  # of one person


class PutFavourite(Struct, frozen=True):
    """The product is among the actor's favourites, or (`on` False) no more. Safe to repeat."""

    product_id: int
    on: bool = True


class FavouritesQuery(Struct, frozen=True):
    """The actor's own, newest first."""

    cursor: str = ""
    limit: int = 24


class Favourite(Struct, frozen=True):
    product_id: int
    at: int


class FavouritePage(Struct, frozen=True):
    rows: list[Favourite]
    next: str
    count: int


class Among(Struct, frozen=True):
    """Which of these (≤ 100) are the actor's favourites, and which of these shops they follow; of nothing asked: all."""

    product_ids: list[int] = []
    merchant_ids: list[int] = []


class Marked(Struct, frozen=True):
    product_ids: list[int]
    merchant_ids: list[int]


class PutFollow(Struct, frozen=True):
    """The actor follows the shop, or (`on` False) no more. Safe to repeat."""

    merchant_id: int
    on: bool = True


class FollowedQuery(Struct, frozen=True):
    pass


class Followed(Struct, frozen=True):
    """Newest first, at most MAX_FOLLOWED."""

    merchant_ids: list[int]


class Watch(Struct, frozen=True):
    """One mail when it comes true, then the watch is over. kind: back (the listing can be had again) or drop (it costs
    less than now, in the context's market). A guest says `email`; an account's own address needs none."""

    listing_id: int
    kind: str
    email: str = ""


class Unwatch(Struct, frozen=True):
    """By the token of the mail's link, or one of the actor's own by its id."""

    id: int = 0
    token: str = ""


class WatchesQuery(Struct, frozen=True):
    """The actor's own that wait, newest first."""


class Watching(Struct, frozen=True):
    """`minor` is the price that a drop is measured by. state: waiting, sent, over."""

    id: int
    listing_id: int
    product_id: int
    kind: str
    minor: int
    currency: str
    at: int
    state: str = "waiting"


class Watches(Struct, frozen=True):
    rows: list[Watching]


class NothingToWatch(Fault, code="wish.nothing", status=409):
    """It is there already (back), or has no price here (drop), or is not sold any more."""

    listing_id: int
    kind: str


class TooManyWishes(Fault, code="wish.too_many", status=409):
    most: int


class NoWatch(Fault, code="wish.none", status=404):
    id: int = 0


class Wishes(Face):
    name = "trade.wishes"

    @abstractmethod
    async def put_favourite(self, ctx: Context, command: PutFavourite, /) -> Marked: ...
    @abstractmethod
    async def favourites(self, ctx: Context, query: FavouritesQuery, /) -> FavouritePage: ...
    @abstractmethod
    async def among(self, ctx: Context, query: Among, /) -> Marked: ...
    @abstractmethod
    async def put_follow(self, ctx: Context, command: PutFollow, /) -> Marked: ...
    @abstractmethod
    async def followed(self, ctx: Context, query: FollowedQuery, /) -> Followed: ...
    @abstractmethod
    async def watch(self, ctx: Context, command: Watch, /) -> Watching: ...
    @abstractmethod
    async def unwatch(self, ctx: Context, command: Unwatch, /) -> None: ...
    @abstractmethod
    async def watches(self, ctx: Context, query: WatchesQuery, /) -> Watches: ...
