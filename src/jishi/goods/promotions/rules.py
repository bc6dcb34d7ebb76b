"""Whether a draft makes sense. Pure."""

import re

from msgspec.structs import replace

from jishi.kernel.market import markets

from .book import OPEN
from .codes import is_code
from .face import WrongPromotion
from .kinds import BP, MAX_MINOR, wrong
from .rating import STAGES
from .terms import PromotionDraft

MAX_NAMED, MAX_NAME, MAX_COUNT = 500, 80, 1_000_000  # goods that a draft names; characters; uses, claims, pieces
NEEDS, PAYERS = ("auto", "claim", "code"), ("platform", "merchant", "shared")
KEY, GROUP = re.compile(r"[!-~]{1,64}"), re.compile(r"[a-z0-9_-]{0,32}")
LANGUAGES = ("zh-CN", "en")


def check_key(key: str) -> None:
    if not KEY.fullmatch(key):
        raise WrongPromotion("key", "key")


def check(d: PromotionDraft, now: int) -> None:
    """Every field makes sense, alone and beside the others; else `WrongPromotion` names the first that does not."""
    for field, reason, sound in (
        ("names", "names", all(0 < len(d.names.get(x, "").strip()) <= MAX_NAME for x in LANGUAGES)),
        ("stage", "choice", d.stage in STAGES),
        ("needs", "choice", d.needs in NEEDS),
        ("market", "choice", d.market in markets()),
        ("currency", "choice", d.market in markets() and d.currency == markets()[d.market].currency),
        ("merchant_id", "shop", (d.merchant_id != 0) if d.stage == "shop" else True),
        ("merchant_id", "platform", d.merchant_id == 0 or d.stage in ("item", "shop")),
        ("merchant_ids", "shop", not (d.merchant_id and d.merchant_ids)),
        ("needs", "coupon", d.stage != "coupon" or d.needs != "auto"),
        ("code", "code", not d.code or (d.needs == "code" and is_code(d.code))),
        ("payer", "choice", d.payer in PAYERS),
        ("payer", "payer", d.payer == "merchant" if d.merchant_id else True),
        ("platform_bp", "share", (0 < d.platform_bp < BP) if d.payer == "shared" else d.platform_bp == 0),
        ("valid_from", "past", d.valid_from == 0 or now <= d.valid_from < OPEN),
        ("valid_to", "span", d.valid_to == 0 or (d.valid_from or now) < d.valid_to < OPEN),
        ("group", "group", bool(GROUP.fullmatch(d.group))),
        ("listing_ids", "many", len(d.listing_ids) + len(d.product_ids) + len(d.categories) <= MAX_NAMED),
        ("merchant_ids", "many", len(d.merchant_ids) <= MAX_NAMED),
        ("min_minor", "range", 0 <= d.min_minor <= MAX_MINOR),
        ("min_pieces", "range", 0 <= d.min_pieces <= MAX_COUNT),
        ("budget_minor", "range", 0 <= d.budget_minor <= MAX_MINOR),
        ("budget_uses", "range", 0 <= d.budget_uses <= MAX_COUNT),
        ("per_person", "range", 0 <= d.per_person <= MAX_COUNT),
        ("claims", "range", 0 <= d.claims <= MAX_COUNT),
        ("claim_days", "range", 0 <= d.claim_days <= 3_650),
    ):
        if not sound:
            raise WrongPromotion(field, reason)
    if reason := wrong(d.rule, d.stage):
        raise WrongPromotion("rule", reason)


def automatic(d: PromotionDraft) -> PromotionDraft:
    """The draft as it counts for somebody who may use it: no coupon, no person, no budget."""
    return replace(d, needs="auto", code="", first_order=False, per_person=0, budget_minor=0, budget_uses=0, claims=0)
