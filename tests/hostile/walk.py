"""Every route of the application, how it is asked rightly, and by whom. Whatever is attacked begins from here.

A route that is not in `WAYS` fails `test_strangers`: nobody adds a page without saying whose it is."""

from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from msgspec.structs import replace

from jishi.goods.catalog import ProductQuery
from jishi.goods.promotions import Amount, PromotionDraft, PutPromotion
from jishi.kernel import Context
from jishi.kernel.ids import decode, encode
from jishi.people.accounts import OpenGuest, Sessions, Who
from jishi.people.addresses import PutAddress
from jishi.trade.orders import GrantLink
from jishi.trade.reviews import Ask, PutAnswer, WriteReview
from jishi.trade.wishes import Watch
from jishi.web.preview import link_token
from tests.goods.catalog.kit import photo
from tests.kit import STAFF, buyer, clerk, module

from .kit import ADDRESS, OWNER, OWNER_EMAIL, PASSWORD, House, routes

API = "/api/v1"


@dataclass
class Marks:
    """What belongs to the owner, to TEA's merchant, or to nobody in particular; every id as it is outside."""

    order: str = ""  # paid, of tea alone
    number: str = ""
    unpaid: str = ""
    secret: str = ""  # of the paid order's link
    quote: str = ""
    total: int = 0
    work: str = ""
    stock: str = ""
    waybill: str = ""
    session: str = ""
    address: str = ""
    spare: str = ""  # an address that may be deleted
    arrived: str = "J00000000000"  # the number of an order of a pot that was delivered and reviewed
    review: str = "rev_0000000000001"
    question: str = "qst_0000000000001"  # about the pot, with an answer
    product: str = ""
    watch: str = ""
    challenge: str = "chl_0000000000001"
    message: str = "msg_0000000000001"
    preview: str = ""  # the token of a link to TEA
    promotion: str = "prm_0000000000001"  # of TEA's shop; it needs a code, so it touches no basket
    texts: dict[str, str] = field(default_factory=dict)


Make = Callable[[House, Marks], Mapping[str, Any]]


@dataclass
class Way:
    """`who` may ask; `ids`: path parameter → its value; `private`: it opens nothing to a stranger. One of `json`, `form`
    and `raw` is what a POST sends. `query`: the parameters that the route reads."""

    who: str = ""
    ids: Mapping[str, str] = field(default_factory=dict)
    private: bool = False
    json: Make | None = None
    form: Make | None = None
    query: tuple[str, ...] = ()
    key: bool = False


def nothing(house: House, marks: Marks) -> Mapping[str, Any]:
    return {}


def address(house: House, marks: Marks) -> Mapping[str, Any]:
    return OWNER | ADDRESS | {"email": OWNER_EMAIL, "buy": f"{decode('lst', house.listing['TEA'])}x1", "region": ""}


def entry(house: House, marks: Marks) -> Mapping[str, Any]:
    return RECIPIENT | {"id": marks.address, "new": "", "do": "save", "label": "home", "next": "", "paste": ""}


def placing(house: House, marks: Marks) -> Mapping[str, Any]:
    return {"quote": marks.quote, "total": marks.total, "method": "card"}


def place_form(house: House, marks: Marks) -> Mapping[str, Any]:
    return placing(house, marks) | {"quote": marks.quote, "key": house.key(), "buy": ""}


def receipt_form(house: House, marks: Marks) -> Mapping[str, Any]:
    house.serial += 1
    return {
        "warehouse": house.warehouse["HZ"], "quantity": "5", "key": str(7_000_000 + house.serial), "code": "TEA",
        "listing": house.listing["TEA"], "note": "",
    }  # fmt: skip


def product(house: House, marks: Marks) -> Mapping[str, Any]:
    told = {"merchant": house.merchant["tea"], "handle": "walked", "names": {"en": "Walked"}, "category": "all"}
    return told | {"skus": [{"code": "WALKED", "weight_g": 10}], "status": "draft", "publish_at": "", "facts": {}}


RECIPIENT = {
    "name": "林晓雨", "phone": "13812348000", "country": "CN", "province": "上海市", "city": "上海市", "district": "浦东新区",
    "street": "张江路 88 号", "postcode": "",
}  # fmt: skip


def picture(house: House, marks: Marks) -> Mapping[str, Any]:
    return {"key": "walked", "image": b64encode(photo(64, 64)).decode()}


CANCEL = ("child", "line", "quantity", "key", "reason", "secret")
LIST = ("state", "cursor", "limit")
NUMBER, REF, WORK, STOCK = {"number": "number"}, {"ref": "number"}, {"id": "work"}, {"stock_id": "stock"}


def promotion_form(house: House, marks: Marks) -> Mapping[str, Any]:
    house.serial += 1
    return {
        "name_zh": "茶", "name_en": "Tea", "stage": "shop", "kind": "threshold", "tiers": "99999 1", "market": "CN",
        "needs": "code", "code": "", "key": f"walked{house.serial}", "categories": "", "products": "", "minimum": "",
        "percent": "", "most": "", "amount": "", "nth": "", "min_pieces": "", "budget": "", "budget_uses": "",
        "per_person": "", "claims": "", "claim_days": "", "group": "", "begins": "", "ends": "", "do": "make",
    }  # fmt: skip


PROMOTION = {"promotion_id": "promotion"}
WAYS: dict[tuple[str, str], Way] = {
    # --- plain
    ("GET", "/healthz"): Way(),
    ("GET", "/readyz"): Way(),
    ("GET", "/static/{name:path}"): Way(ids={"name": "=shop.css"}),
    ("GET", "/media/{name:path}"): Way(ids={"name": "=p/one-400.webp"}),
    ("GET", "/robots.txt"): Way(),
    ("GET", "/sitemap.xml"): Way(),
    ("GET", "/sitemaps/{name:str}"): Way(ids={"name": "=pages.xml"}),
    ("GET", "/favicon.ico"): Way(),
    ("GET", "/sw.js"): Way(),
    ("GET", "/en/manifest.webmanifest"): Way(),
    ("GET", "/zh-CN/manifest.webmanifest"): Way(),
    ("GET", "/en/offline"): Way(),
    ("GET", "/"): Way(),
    ("GET", "/api"): Way(),
    ("GET", "/api/v1"): Way(),
    ("GET", "/api/v1/openapi.json"): Way(),
    ("POST", "/hooks/stripe"): Way(),
    ("POST", "/hooks/{carrier:str}"): Way(ids={"carrier": "=jishi_express"}),
    # --- programs
    ("POST", API + "/sessions"): Way(),
    ("POST", API + "/sessions/code"): Way(json=lambda h, m: {"email": "new.one@people.example"}),
    ("POST", API + "/sessions/code/entry"): Way(json=lambda h, m: {"challenge": m.challenge, "code": "000000"}),
    ("POST", API + "/sessions/password"): Way(json=lambda h, m: {"email": OWNER_EMAIL, "password": PASSWORD}),
    ("DELETE", API + "/sessions/current"): Way("throwaway"),
    ("GET", API + "/me"): Way("owner"),
    ("GET", API + "/products"): Way(query=("q", "category", "sort", "cursor", "limit")),
    ("GET", API + "/products/{ref:str}"): Way(ids={"ref": "=tea"}),
    ("GET", API + "/products/{ref:str}/offers"): Way(ids={"ref": "=tea"}, query=("cursor", "limit")),
    ("PUT", API + "/products"): Way("clerk_tea", json=product),
    ("POST", API + "/products/{ref:str}/skus"): Way("clerk_tea", {"ref": "=tea"}, json=lambda h, m: {"skus": []}),
    ("POST", API + "/products/{ref:str}/status"): Way("clerk_tea", {"ref": "=tea"}, json=lambda h, m: {"status": "published", "publish_at": ""}),
    ("POST", API + "/products/{ref:str}/recall"): Way("clerk_tea", {"ref": "=tea"}, json=lambda h, m: {"recalled": False}),
    ("POST", API + "/products/{ref:str}/handle"): Way("clerk_tea", {"ref": "=tea"}, json=lambda h, m: {"handle": "tea"}),
    ("POST", API + "/products/{ref:str}/pictures"): Way("clerk_tea", {"ref": "=tea"}, json=picture),
    ("POST", API + "/products/{ref:str}/preview"): Way("clerk_tea", {"ref": "=tea"}, json=lambda h, m: {"hours": 1}),
    ("GET", API + "/attributes"): Way(query=("category",)),
    ("GET", API + "/brands"): Way(),
    ("GET", API + "/categories"): Way(),
    ("GET", API + "/search"): Way(
        query=("q", "category", "brand", "merchant", "f.material", "price", "min", "max", "stock", "from", "sort", "cursor", "limit")
    ),
    ("GET", API + "/suggestions"): Way(query=("q",)),
    ("GET", API + "/cart"): Way("owner"),
    ("POST", API + "/cart/lines"): Way("owner", json=lambda h, m: {"listing": h.listing["TEA"], "quantity": 1}),
    ("PUT", API + "/cart/lines/{listing:str}"): Way(
        "owner", ids={"listing": "=listing"}, json=lambda h, m: {"quantity": 1}
    ),
    ("GET", API + "/offers"): Way(query=("product",)),
    ("GET", API + "/coupons"): Way("owner", query=("state",)),
    ("POST", API + "/coupons"): Way("owner", json=lambda h, m: {"code": "TEAFORALL"}),
    ("POST", API + "/quotes"): Way("owner", json=lambda h, m: h.wish(TEA=1)),
    ("GET", API + "/quotes/{id:str}"): Way("owner", {"id": "quote"}, private=True),
    ("GET", API + "/orders"): Way("owner", query=LIST),
    ("POST", API + "/orders"): Way("owner", json=placing, key=True),
    ("GET", API + "/orders/{ref:str}"): Way("owner", REF, private=True, query=("secret",)),
    ("POST", API + "/orders/{ref:str}/cancel"): Way("owner", REF, private=True, json=nothing, key=True, query=("secret",)),
    ("POST", API + "/orders/{ref:str}/receipt"): Way("owner", REF, private=True, json=nothing, query=("secret",)),
    ("POST", API + "/orders/{ref:str}/pay"): Way("owner", {"ref": "unpaid"}, private=True, query=("secret",)),
    ("GET", API + "/orders/{ref:str}/shipments"): Way("owner", REF, private=True, query=("secret",)),
    ("POST", API + "/stock/receipts"): Way(
        "clerk_tea", key=True,
        json=lambda h, m: {"listing": h.listing["TEA"], "warehouse": h.warehouse["HZ"], "quantity": 5, "note": ""},
    ),
    ("GET", API + "/work"): Way("clerk_tea", query=("state", "warehouse", "cursor", "limit")),
    ("GET", API + "/work/{id:str}"): Way("clerk_tea", WORK, private=True),
    ("POST", API + "/work/{id:str}/pack"): Way("clerk_tea", WORK, private=True),
    ("POST", API + "/work/{id:str}/ship"): Way("clerk_tea", WORK, private=True, key=True, json=lambda h, m: {"pieces": [], "carrier": ""}),
    # --- people
    ("GET", API + "/addresses"): Way("owner"),
    ("POST", API + "/addresses"): Way("owner", json=lambda h, m: {"recipient": RECIPIENT}),
    ("GET", API + "/addresses/{id:str}"): Way("owner", {"id": "address"}, private=True),
    ("PUT", API + "/addresses/{id:str}"): Way("owner", {"id": "address"}, private=True, json=lambda h, m: {"recipient": RECIPIENT}),
    ("DELETE", API + "/addresses/{id:str}"): Way("owner", {"id": "spare"}, private=True),
    ("POST", API + "/addresses/{id:str}/preferred"): Way("owner", {"id": "address"}, private=True),
    ("POST", API + "/address-texts"): Way(json=lambda h, m: {"text": "林晓雨 13812348000 上海市浦东新区张江路88号"}),
    ("GET", API + "/address-forms/{country:str}"): Way(ids={"country": "=CN"}, query=("province", "city")),
    ("GET", API + "/me/devices"): Way("owner"),
    ("DELETE", API + "/me/devices/{id:str}"): Way("owner", {"id": "session"}, private=True),
    ("DELETE", API + "/me/devices"): Way("owner"),
    ("GET", API + "/me/contacts"): Way("owner"),
    ("POST", API + "/me/contacts"): Way("owner", json=lambda h, m: {"phone": "13812348111"}),
    ("POST", API + "/me/contacts/entry"): Way("owner", json=lambda h, m: {"challenge": m.challenge, "code": "000000"}),
    ("GET", API + "/me/wishes"): Way("owner"),
    ("PUT", API + "/me/wishes"): Way("owner", json=lambda h, m: {"topics": ["offers"]}),
    ("GET", API + "/me/claims"): Way("owner"),
    ("POST", API + "/me/claims"): Way("owner", json=lambda h, m: {"number": m.number, "secret": m.secret}),
    # --- pages
    ("GET", "/en"): Way(),
    ("GET", "/en/products"): Way(
        query=("category", "merchant", "q", "sort", "cursor", "brand", "f.material", "price", "min", "max", "stock", "from")
    ),
    ("GET", "/en/suggest"): Way(query=("q",)),
    ("GET", "/en/desk/search"): Way("staff", query=("unmet", "word", "done")),
    ("POST", "/en/desk/search/words"): Way(
        "staff", form=lambda h, m: {"kind": "two_way", "terms": "mug\nbeaker", "from": "", "until": ""}
    ),
    ("POST", "/en/desk/search/words/drop"): Way("staff", form=lambda h, m: {"rule": "rul_0000000000001"}),
    ("POST", "/en/desk/search/rebuild"): Way("staff", form=nothing),
    ("GET", "/en/products/preview/{token:str}"): Way(ids={"token": "preview"}, query=("o.colour",)),
    ("GET", "/en/products/{handle:str}"): Way(ids={"handle": "=tea"}, query=("o.colour",)),
    ("GET", "/en/cart"): Way("owner"),
    ("POST", "/en/cart/add"): Way(
        "owner", form=lambda h, m: {"product": "tea", "listing": h.listing["TEA"], "quantity": "1", "do": "cart", "o.colour": ""}
    ),
    ("PUT", API + "/cart/lines/{listing:str}/aside"): Way(
        "owner", ids={"listing": "=listing"}, json=lambda h, m: {"aside": True}
    ),
    ("POST", "/en/cart/aside"): Way("owner", form=lambda h, m: {"listing": h.listing["TEA"], "aside": "1"}),
    ("POST", "/en/cart/coupon"): Way("owner", form=lambda h, m: {"code": "NONE-SUCH"}),
    ("POST", "/en/orders/{number:str}/again"): Way(
        "owner", NUMBER, private=True, form=lambda h, m: {"key": h.key(), "secret": ""}
    ),
    ("POST", "/en/cart/set"): Way("owner", form=lambda h, m: {"listing": h.listing["TEA"], "quantity": "1"}),
    ("GET", "/en/checkout"): Way("owner", query=("quote", "buy")),
    ("POST", "/en/checkout/address"): Way("owner", form=address),
    ("POST", "/en/checkout/delivery"): Way(
        "owner", form=lambda h, m: {"quote": m.quote, "buy": "", "service." + h.merchant["tea"]: "express"}
    ),
    ("POST", "/en/checkout/place"): Way("owner", form=place_form),
    ("GET", "/en/sign-in"): Way(query=("next", "again", "by")),
    ("POST", "/en/sign-in"): Way(form=lambda h, m: {"email": "new.two@people.example", "next": "", "challenge": ""}),
    ("GET", "/en/sign-in/code"): Way(query=("c", "next")),
    ("POST", "/en/sign-in/code"): Way(form=lambda h, m: {"challenge": m.challenge, "code": "000000", "next": ""}),
    ("POST", "/en/sign-in/password"): Way(form=lambda h, m: {"email": OWNER_EMAIL, "password": PASSWORD, "next": ""}),
    ("POST", "/en/sign-out"): Way("throwaway", form=nothing),
    ("GET", "/en/me"): Way("owner", query=("saved", "email", "phone", "wishes")),
    ("POST", "/en/me/password"): Way("owner", form=lambda h, m: {"password": PASSWORD}),
    ("GET", "/en/me/devices"): Way("owner", query=("ended", "alone")),
    ("POST", "/en/me/sessions/others"): Way("owner", form=nothing),
    ("GET", "/en/me/contact"): Way("owner", query=("c", "kind")),
    ("POST", "/en/me/contact"): Way("owner", form=lambda h, m: {"kind": "phone", "value": "13812348222"}),
    ("POST", "/en/me/contact/code"): Way("owner", form=lambda h, m: {"kind": "phone", "challenge": m.challenge, "code": "000000"}),
    ("POST", "/en/me/notices"): Way("owner", form=lambda h, m: {"topic": "offers"}),
    ("GET", "/en/me/claims"): Way("owner", query=("number", "secret", "done")),
    ("POST", "/en/me/claims"): Way("owner", form=lambda h, m: {"order": "", "number": m.number, "secret": m.secret}),
    ("GET", "/en/me/addresses"): Way("owner", query=("saved", "deleted", "preferred")),
    ("GET", "/en/me/addresses/new"): Way("owner", query=("next",)),
    ("GET", "/en/me/addresses/{address:str}"): Way("owner", {"address": "address"}, private=True),
    ("POST", "/en/me/addresses/save"): Way("owner", form=entry),
    ("POST", "/en/me/addresses/{address:str}/delete"): Way("owner", {"address": "spare"}, private=True, form=nothing),
    ("POST", "/en/me/addresses/{address:str}/prefer"): Way("owner", {"address": "address"}, private=True, form=nothing),
    ("POST", "/en/checkout/parse"): Way("owner", form=lambda h, m: address(h, m) | {"do": "parse", "paste": "林晓雨 13812348000"}),
    ("GET", "/en/place"): Way(query=("next",)),
    ("POST", "/en/place"): Way(form=lambda h, m: {"market": "CN", "locale": "en", "next": ""}),
    ("POST", "/en/me/sessions/end"): Way("owner", form=lambda h, m: {"session": m.session}),
    ("GET", "/en/mailbox"): Way(query=("to",)),
    ("GET", "/en/mailbox/{message:str}"): Way(ids={"message": "message"}),
    ("GET", "/en/orders"): Way("owner", query=("state", "cursor", "q")),
    ("GET", "/en/orders/{number:str}"): Way("owner", NUMBER, private=True, query=("secret", "fault", "unpaid", "paid")),
    ("POST", "/en/orders/{number:str}/pay"): Way("owner", {"number": "unpaid"}, private=True, form=lambda h, m: {"secret": ""}),
    ("GET", "/en/orders/{number:str}/paid"): Way("owner", {"number": "unpaid"}, private=True, query=("secret",)),
    ("GET", "/en/orders/{number:str}/cancel"): Way("owner", NUMBER, private=True, query=CANCEL),
    ("POST", "/en/orders/{number:str}/cancel"): Way(
        "owner", NUMBER, private=True, form=lambda h, m: dict.fromkeys(CANCEL, "") | {"key": h.key()}
    ),
    ("POST", "/en/orders/{number:str}/receipt"): Way("owner", NUMBER, private=True, form=lambda h, m: {"child": "1", "secret": ""}),
    ("GET", "/en/find-order"): Way(query=("number", "sent")),
    ("POST", "/en/find-order"): Way(form=lambda h, m: {"number": m.number, "email": "somebody@people.example"}),
    ("GET", "/en/feed"): Way(query=("place",)),
    ("POST", "/en/feed/off"): Way("owner", form=lambda h, m: {"place": "home"}),
    ("GET", "/en/privacy"): Way(query=("saved",)),
    ("POST", "/en/privacy"): Way("owner", form=lambda h, m: {"choice": "none", "next": "/", "how": "banner"}),
    ("POST", "/en/privacy/forget"): Way("owner", form=nothing),
    ("GET", "/en/desk/recommend"): Way("staff", query=("done", "nothing")),
    ("POST", "/en/desk/recommend/train"): Way("staff", form=nothing),
    ("GET", "/en/desk"): Way("clerk_tea"),
    ("GET", "/en/desk/orders"): Way("clerk_tea", query=("q", "state", "cursor")),
    ("GET", "/en/coupons"): Way("owner", query=("claimed",)),
    ("POST", "/en/coupons/claim"): Way("owner", form=lambda h, m: {"promotion": m.promotion, "back": "/coupons"}),
    ("POST", "/en/coupons/code"): Way("owner", form=lambda h, m: {"code": "TEAFORALL"}),
    ("GET", "/en/me/coupons"): Way("owner", query=("state", "claimed")),
    ("GET", "/en/desk/promotions"): Way("clerk_tea", query=("state", "cursor")),
    ("GET", "/en/desk/promotions/new"): Way("clerk_tea"),
    ("POST", "/en/desk/promotions/new"): Way("clerk_tea", form=promotion_form),
    ("GET", "/en/desk/promotions/{promotion_id:str}"): Way("clerk_tea", PROMOTION, private=True, query=("done",)),
    ("POST", "/en/desk/promotions/{promotion_id:str}/end"): Way("clerk_tea", PROMOTION, private=True, form=nothing),
    ("POST", "/en/desk/promotions/{promotion_id:str}/codes"): Way(
        "clerk_tea", PROMOTION, private=True, form=lambda h, m: {"count": "3", "key": "walked"}
    ),
    ("GET", "/en/desk/promotions/{promotion_id:str}/codes.csv"): Way("clerk_tea", PROMOTION, private=True),
    ("GET", "/en/desk/stock"): Way("clerk_tea", query=("code", "warehouse", "merchant", "after", "listing", "done")),
    ("POST", "/en/desk/stock/receive"): Way("clerk_tea", form=receipt_form),
    ("GET", "/en/desk/stock/{stock_id:str}"): Way("clerk_tea", STOCK, private=True, query=("before", "done")),
    ("POST", "/en/desk/stock/{stock_id:str}/adjust"): Way(
        "clerk_tea", STOCK, private=True, form=lambda h, m: {"delta": "-1", "reason": "counted", "key": str(8_000_000 + len(h.key()))}
    ),
    ("GET", "/en/desk/work"): Way("clerk_tea", query=("state", "warehouse", "cursor")),
    ("GET", "/en/desk/work/{work_id:str}"): Way("clerk_tea", {"work_id": "work"}, private=True, query=("packed", "shipped")),
    ("POST", "/en/desk/work/{work_id:str}/recipient"): Way("clerk_tea", {"work_id": "work"}, private=True, form=nothing),
    ("POST", "/en/desk/work/{work_id:str}/pack"): Way("clerk_tea", {"work_id": "work"}, private=True, form=nothing),
    ("POST", "/en/desk/work/{work_id:str}/ship"): Way(
        "clerk_tea", {"work_id": "work"}, private=True, form=lambda h, m: {"key": h.key(), "pieces.1": "1"}
    ),
    ("POST", "/en/desk/work/{work_id:str}/push"): Way(
        "clerk_tea", {"work_id": "work"}, private=True, form=lambda h, m: {"waybill": m.waybill}
    ),
    # --- reviews and wishes
    ("GET", API + "/products/{ref:str}/reviews"): Way(
        ids={"ref": "=pot"}, query=("stars", "topic", "pictures", "critical", "lang", "sort", "cursor", "limit")
    ),
    ("GET", API + "/products/{ref:str}/questions"): Way(ids={"ref": "=pot"}, query=("cursor", "limit")),
    ("POST", API + "/products/{ref:str}/questions"): Way("owner", {"ref": "=pot"}, key=True, json=lambda h, m: {"text": "Does it pour well?"}),
    ("GET", API + "/orders/{ref:str}/reviews"): Way("owner", {"ref": "arrived"}, private=True, query=("secret",)),
    ("POST", API + "/orders/{ref:str}/reviews"): Way(
        "owner", {"ref": "arrived"}, private=True, query=("secret",), json=lambda h, m: {"line": 1, "stars": 4, "text": "It pours well"}
    ),
    ("PUT", API + "/reviews/{id:str}"): Way(
        "owner", {"id": "review"}, private=True, query=("secret",), json=lambda h, m: {"stars": 4, "text": "It pours well"}
    ),
    ("PUT", API + "/reviews/{id:str}/follow-up"): Way(
        "owner", {"id": "review"}, private=True, query=("secret",), json=lambda h, m: {"text": "Still does"}
    ),
    ("PUT", API + "/reviews/{id:str}/reply"): Way("clerk_tea", {"id": "review"}, private=True, json=lambda h, m: {"text": "Thank you"}),
    ("PUT", API + "/reviews/{id:str}/helpful"): Way("other", {"id": "review"}, json=lambda h, m: {"on": True}),
    ("PUT", API + "/questions/{id:str}/answer"): Way("staff", {"id": "question"}, json=lambda h, m: {"text": "It does"}),
    ("PUT", API + "/questions/{id:str}/answers/{n:int}/helpful"): Way(
        "other", {"id": "question", "n": "=1"}, json=lambda h, m: {"on": True}
    ),
    ("GET", "/en/products/{handle:str}/reviews"): Way(ids={"handle": "=pot"}, query=("stars", "topic", "lang", "show", "sort", "cursor")),
    ("GET", "/en/products/{handle:str}/questions"): Way(ids={"handle": "=pot"}, query=("cursor", "asked", "answered")),
    ("POST", "/en/products/{handle:str}/questions"): Way(
        "owner", {"handle": "=pot"}, form=lambda h, m: {"text": "Does it pour well?", "key": h.key()}
    ),
    ("POST", "/en/reviews/{review_id:str}/helpful"): Way("other", {"review_id": "review"}, form=lambda h, m: {"on": "1"}),
    ("POST", "/en/questions/{question_id:str}/answers/{n:int}/helpful"): Way(
        "other", {"question_id": "question", "n": "=1"}, form=lambda h, m: {"on": "1"}
    ),
    ("POST", "/en/questions/{question_id:str}/answer"): Way("staff", {"question_id": "question"}, form=lambda h, m: {"text": "It does"}),
    ("GET", "/en/orders/{number:str}/review/{line:int}"): Way(
        "owner", {"number": "arrived", "line": "=1"}, private=True, query=("secret", "written", "edited", "followed")
    ),
    ("POST", "/en/orders/{number:str}/review/{line:int}"): Way(
        "owner", {"number": "arrived", "line": "=1"}, private=True,
        form=lambda h, m: {"do": "write", "stars": "4", "text": "It pours well", "keep": "", "secret": ""},
    ),
    ("GET", "/en/me/reviews"): Way("owner", query=("cursor",)),
    ("GET", "/en/reviews/quiet"): Way(query=("t", "done")),
    ("POST", "/en/reviews/quiet"): Way("owner", form=lambda h, m: {"t": "", "on": "0"}),
    ("GET", "/en/desk/reviews"): Way("clerk_tea", query=("tab", "cursor", "replied", "withheld", "restored")),
    ("POST", "/en/desk/reviews/{review_id:str}/reply"): Way(
        "clerk_tea", {"review_id": "review"}, private=True, form=lambda h, m: {"text": "Thank you"}
    ),
    ("POST", "/en/desk/questions/{question_id:str}/answer"): Way("clerk_tea", {"question_id": "question"}, form=lambda h, m: {"text": "It does"}),
    ("POST", "/en/desk/reviews/moderation"): Way(
        "staff", form=lambda h, m: {"kind": "reply", "id": m.review, "n": "0", "reason": "hate", "note": "walk", "do": "restore"}
    ),
    ("GET", "/en/desk/reviews/log"): Way("staff", query=("cursor",)),
    ("GET", "/en/favourites"): Way("owner", query=("cursor", "watching", "stopped", "kept")),
    ("POST", "/en/favourites"): Way("owner", form=lambda h, m: {"product": m.product, "on": "1", "as": "heart"}),
    ("POST", "/en/shops/follow"): Way("owner", form=lambda h, m: {"merchant": h.merchant["tea"], "on": "1"}),
    ("POST", "/en/wishes/watch"): Way(
        "owner", form=lambda h, m: {"listing": h.listing["TEA"], "kind": "drop", "product": "tea", "email": ""}
    ),
    ("POST", "/en/wishes/unwatch"): Way("owner", form=lambda h, m: {"watch": m.watch}),
    ("GET", "/en/wishes/stop"): Way(query=("t", "done")),
    ("POST", "/en/wishes/stop"): Way(form=lambda h, m: {"t": "1.00"}),
    ("GET", "/en/seen"): Way(),
    ("POST", "/en/seen"): Way(form=nothing),
    ("GET", "/en/compare"): Way(query=("p", "only")),
}  # fmt: skip


async def marked(house: House) -> Marks:
    """The owner has a paid order of tea, an unpaid one, a quote that can be placed, and a link to the paid order."""
    m = Marks()
    placed = await house.bought(TEA=3)
    m.order, m.number = placed["id"], placed["number"]
    m.unpaid = (await house.place(TEA=1))["number"]
    quote = await house.quote(TEA=2)
    m.quote, m.total = quote["id"], quote["total"]["minor"]
    m.work = (await house.work(m.number))["id"]
    m.stock, m.waybill = house.stock["TEA"], "JX000000000000"
    me = await house.shop.accounts.who(STAFF, Who(house.tokens["owner"]))
    rows = (await house.shop.accounts.sessions(buyer(me.person_id), Sessions())).rows
    m.session = encode("ses", rows[0].session_id)
    mine = buyer(me.person_id)
    m.address, m.spare = [
        encode("adr", (await house.shop.addresses.put(mine, PutAddress(id, RECIPIENT, new=True))).id)
        for id in (house.shop.world.new_id(), house.shop.world.new_id())
    ]

    shop = decode("mer", house.merchant["tea"])
    words = {"zh-CN": "茶", "en": "Tea"}
    draft = PromotionDraft(words, "shop", Amount(1), "CN", "CNY", merchant_id=shop, payer="merchant", needs="code")
    m.promotion = encode("prm", (await house.shop.promotions.put(STAFF, PutPromotion("walk", draft))).id)
    for_all = replace(draft, code="TEAFORALL", per_person=1)
    await house.shop.promotions.put(STAFF, PutPromotion("walk2", for_all))
    link = await house.shop.orders.grant_link(module("trade.orders"), GrantLink(decode("ord", m.order)))
    m.secret = link.secret
    tea = (await house.shop.catalog.product(STAFF, ProductQuery(handle="tea"))).id
    m.preview = link_token(house.app.state.site.secret, tea, house.shop.world.now() + 30 * 86_400_000)
    await opinions(house, m, mine)
    await house.drain()
    return m


async def opinions(house: House, m: Marks, mine: Context) -> None:
    """A pot has arrived and is reviewed; somebody asked about it, and the shop answered; TEA is watched."""
    pot = await house.bought(POT=1)
    m.arrived = pot["number"]
    await house.travel((await house.ship(m.arrived))["waybill"])
    reviews, wishes = house.shop.reviews, house.shop.wishes
    written = await reviews.write(mine, WriteReview(1, 4, "It pours well", number=m.arrived))
    asked = await reviews.ask(mine, Ask(written.product_id, "Does it pour well?"))
    shop = decode("mer", house.merchant["tea"])
    await reviews.answer(clerk(shop), PutAnswer(asked.id, "It does"))
    watch = await wishes.watch(mine, Watch(decode("lst", house.listing["TEA"]), "drop"))
    m.review, m.question = encode("rev", written.id), encode("qst", asked.id)
    m.product, m.watch = encode("prd", written.product_id), encode("wat", watch.id)


def ways(house: House) -> dict[tuple[str, str], Way]:
    """Those that are served here: pages of the demo alone are in `WAYS` too."""
    served = {(m, p) for m, p, _ in routes(house.app)}
    return {at: way for at, way in WAYS.items() if at in served}


async def throwaway(house: House) -> None:
    """A session that may be ended."""
    house.tokens["throwaway"] = (await house.shop.accounts.open_guest(STAFF, OpenGuest())).token


def path_of(template: str, way: Way, house: House, marks: Marks, **other: str) -> str:
    """The template with its parameters filled; `=text` stands for itself, `=listing` for a listing's id."""
    path = template
    for name, mark in way.ids.items():
        value = house.listing["TEA"] if mark == "=listing" else mark[1:] if mark[0] == "=" else getattr(marks, mark)
        for kind in ("str", "path", "int"):
            path = path.replace(f"/{{{name}:{kind}}}", "/" + other.get(name, value))
    return path


async def send(house: House, method: str, template: str, who: str, marks: Marks, path: str = "", **named: Any) -> Any:
    """The route asked as it is meant to be, by whoever; `body` replaces what is sent."""
    way = WAYS[method, template]
    path = path or path_of(template, way, house, marks)
    if who == "throwaway":
        await throwaway(house)
    query = named.pop("params", None)
    headers = dict(named.pop("headers", {}))
    if path.startswith("/en"):
        form = named.pop("body", None)
        if form is None and way.form:
            form = way.form(house, marks)
        return await house.page(method, path[3:], who, form, params=query, headers=headers, **named)
    if path.startswith(API + "/"):
        body = named.pop("body", None)
        if body is None and way.json:
            body = way.json(house, marks)
        if body is not None and "content" not in named:
            named["json"] = body
        return await house.api(
            method,
            path.removeprefix(API),
            who,
            key="" if "idempotency-key" in headers or not way.key else house.key(),
            params=query,
            headers=headers,
            **named,
        )
    named.pop("body", None)
    return await house.http.request(method, path, params=query, headers=headers, **named)
