"""What might please: goods beside goods, goods for somebody who allows it, and the reason of each in words."""

from abc import abstractmethod

from msgspec import Struct

from jishi.kernel import Context, Event, Face, Fault
from jishi.kernel.place import Reason

PLACES = ("home", "product", "cart", "empty_search")
ROWS_MAX, CONTEXT_MAX = 48, 50


class FeedQuery(Struct, frozen=True):
    """`product_ids` are what lies before the visitor now: the cart's, the product's, the last ones of this session;
    ≤ 50, and never in the answer. `personal` False: no own history is looked at, whatever was allowed."""

    place: str
    product_ids: list[int] = []
    limit: int = 10
    personal: bool = True


class BesideQuery(Struct, frozen=True):
    """Goods beside these ≤ 50; nothing of the visitor is looked at, so the answer is the same for everybody."""

    product_ids: list[int]
    limit: int = 6


class Row(Struct, frozen=True):
    """`listing_id` is the offer of the product that is in stock at the lowest price. `reason` is said beside it; its input
    `product_id`, if any, is the product it speaks of."""

    product_id: int
    listing_id: int
    reason: Reason


class Feed(Struct, frozen=True):
    """Published, in stock and with a price in this market, each once, best first. `personal`: own history has chosen
    at least one of them. `model` 0 = nothing was learnt yet."""

    rows: list[Row]
    personal: bool = False
    model: int = 0


class Train(Struct, frozen=True):
    """`seed` fixes the resampling of the confidence intervals."""

    seed: int = 7


class Quality(Struct, frozen=True):
    """On the last purchase of each visitor, which the judged model never saw. `low` and `high` bound hit-rate@10 at
    95 %; so do `gain_low` and `gain_high` the difference to popularity, reckoned visitor by visitor."""

    visitors: int
    hit: float
    low: float
    high: float
    ndcg: float
    popular_hit: float
    popular_ndcg: float
    gain_low: float
    gain_high: float

    @property
    def beats(self) -> bool:
        """Better than what sells most, beyond chance."""
        return self.visitors > 0 and self.gain_low > 0


class Model(Struct, frozen=True):
    """`quality` None: too few visitors to judge. `dense` items are learnt together, the others by likeness alone."""

    version: int
    made_at: int
    took_ms: int
    visitors: int
    steps: int
    items: int
    dense: int
    size: int  # bytes
    quality: Quality | None = None


class ModelsQuery(Struct, frozen=True):
    """Newest first; the first is the one in use."""

    limit: int = 20


class ModelList(Struct, frozen=True):
    rows: list[Model]


class TrainDue(Event, tag="insight.recommend.train_due", frozen=True):
    """A timer: a night is over, what it taught is learnt."""

    day: int


class ModelTrained(Event, tag="insight.recommend.trained", frozen=True):
    version: int


class NothingToLearn(Fault, code="recommend.nothing", status=409):
    """Fewer traces than a model can be made of."""

    least: int
    visitors: int


class UnknownPlace(Fault, code="recommend.place", status=422):
    place: str


class Recommend(Face):
    name = "insight.recommend"

    @abstractmethod
    async def feed(self, ctx: Context, query: FeedQuery, /) -> Feed: ...
    @abstractmethod
    async def similar(self, ctx: Context, query: BesideQuery, /) -> Feed: ...
    @abstractmethod
    async def together(self, ctx: Context, query: BesideQuery, /) -> Feed: ...
    @abstractmethod
    async def popular(self, ctx: Context, query: BesideQuery, /) -> Feed: ...
    @abstractmethod
    async def train(self, ctx: Context, command: Train, /) -> Model: ...
    @abstractmethod
    async def models(self, ctx: Context, query: ModelsQuery, /) -> ModelList: ...
