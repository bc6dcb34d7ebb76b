"""Route × wrong input × answer (status, code, field). `test_bad_input` walks it; what is not told here is asked rightly."""

from collections.abc import Mapping
from dataclasses import dataclass, field as own
from typing import Any

from .walk import API, CANCEL

HUGE = 2**70
XSS = "<script>alert('x')</script>"
SQL = "'; DROP TABLE trade_orders_parents; --"
NONSENSE = "\u202e\ufffd\u0000\u0007é\u202e"
NO_ID, OTHER_KIND, TOO_BIG = "lst_zzzzz", "ord_0000000000001", "lst_zzzzzzzzzzzzz"
UNKNOWN = "lst_0000000000001"
INVALID = "input.invalid"


@dataclass(frozen=True)
class Case:
    """`put`: dotted path → what stands there instead (`...` takes it out); `params`: the query; `ids`: path parameters."""

    route: str
    status: int
    code: str
    field: str = ""
    put: Mapping[str, Any] = own(default_factory=dict)
    params: Mapping[str, Any] = own(default_factory=dict)
    ids: Mapping[str, str] = own(default_factory=dict)
    headers: Mapping[str, str] = own(default_factory=dict)
    who: str = ""  # another than the walk's


def body(route: str, name: str, *rows: tuple[Any, int, str, str]) -> list[Case]:
    """Cases of one field of the body."""
    return [Case(f"POST {API}{route}", status, code, where, {name: value}) for value, status, code, where in rows]


def query(route: str, name: str, *rows: tuple[Any, int, str, str]) -> list[Case]:
    return [Case(f"GET {API}{route}", s, c, f, params={name: v}) for v, s, c, f in rows]


CART, QUOTES, ORDERS = "/cart/lines", "/quotes", "/orders"
CANCELS, RECEIPT, STOCK, SHIP = (
    "/orders/{ref:str}/cancel",
    "/orders/{ref:str}/receipt",
    "/stock/receipts",
    "/work/{id:str}/ship",
)
COUNTS = ((0, 422, INVALID), (-1, 422, INVALID), (1_000, 422, INVALID), (HUGE, 422, INVALID), (-HUGE, 422, INVALID),
          (1.5, 422, INVALID), ("1", 422, INVALID), (None, 422, INVALID), ([], 422, INVALID), (True, 422, INVALID))  # fmt: skip
IDS = (("", 422, INVALID), (NO_ID, 422, INVALID), (5, 422, INVALID), (None, 422, INVALID), (XSS, 422, INVALID),
       (SQL, 422, INVALID), ("x" * 1_000, 422, INVALID), (OTHER_KIND, 404, "id.wrong"), (TOO_BIG, 404, "id.wrong"))  # fmt: skip


def counts(route: str, name: str, *but: Any) -> list[Case]:
    return body(route, name, *[(v, s, c, name) for v, s, c in COUNTS if v not in but])


def ids(route: str, name: str) -> list[Case]:
    return body(route, name, *[(v, s, c, name if s == 422 else "") for v, s, c in IDS])


def texts(route: str, name: str, longest: int) -> list[Case]:
    """A text field: too long, of another type; lone surrogates are no text at all."""
    wrong = ("x" * (longest + 1), 5, None, [], {}, True)
    return body(route, name, *[(v, 422, INVALID, name) for v in wrong])


TABLE: list[Case] = [
    # --- sessions
    *body("/sessions/code", "email", *[(v, 422, INVALID, "email") for v in ("", "no", 5, None, "x" * 300, ["a@b.c"])]),
    *body("/sessions/code", "email", *[(v, 422, INVALID, "email") for v in (XSS, SQL, "a@b", "a b@c.example", "@c.example", NONSENSE)]),
    *body("/sessions/code/entry", "code", *[(v, 422, INVALID, "code") for v in ("", "12345", "1234567", "abcdef", 123456, None, "１２３４５６")]),
    *body("/sessions/code/entry", "challenge", *[(v, s, c, "challenge" if s == 422 else "") for v, s, c in IDS if v != TOO_BIG]),
    *body("/sessions/code/entry", "challenge", ("chl_0000000000001", 409, "code.spent", "")),
    *body("/sessions/password", "email", ("", 422, INVALID, "email"), ("x" * 300, 422, INVALID, "email")),
    *body("/sessions/password", "password", ("", 422, INVALID, "password"), ("x" * 257, 422, INVALID, "password"), (5, 422, INVALID, "password")),
    *body("/sessions/password", "password", *[(v, 422, "password.wrong", "") for v in (SQL, XSS, NONSENSE, "wrong")]),
    Case(f"DELETE {API}/sessions/current", 401, "web.needs_session", who="nobody"),
    Case(f"GET {API}/me", 401, "web.needs_session", who="nobody"),
    # --- people
    *body("/sessions/code", "phone", *[(v, 422, INVALID, "phone") for v in ("", 5, "x" * 31, XSS, "ab")]),
    *[Case(f"POST {API}/addresses", 422, INVALID, f"recipient.{n}", {f"recipient.{n}": v}) for n, v in (("name", "x" * 101), ("name", 5), ("country", "cn"), ("street", "x" * 201), ("phone", "x" * 31), ("postcode", "x" * 17))],
    *[Case(f"POST {API}/addresses", 422, INVALID, n, {f"recipient.{n}": v}) for n, v in (("name", ""), ("phone", "12"), ("phone", XSS), ("province", "Bavaria"), ("city", "南京市"), ("district", "西湖区"), ("street", "PO Box 1"), ("postcode", "1"), ("country", "XX"))],
    *[Case(f"POST {API}/addresses", 422, INVALID, "label", {"label": v}) for v in ("castle", "", 5, None)],
    *[Case(f"POST {API}/addresses", 422, INVALID, "preferred", {"preferred": v}) for v in ("yes", 1, None)],
    *[Case(f"GET {API}/addresses/{{id:str}}", 404, "id.wrong", ids={"id": v}) for v in ("x", NO_ID, OTHER_KIND, SQL)],
    Case(f"GET {API}/addresses/{{id:str}}", 404, "address.none", ids={"id": "adr_0000000000001"}),
    Case(f"PUT {API}/addresses/{{id:str}}", 404, "address.none", ids={"id": "adr_0000000000001"}),
    Case(f"DELETE {API}/addresses/{{id:str}}", 404, "address.none", ids={"id": "adr_0000000000001"}),
    Case(f"POST {API}/addresses/{{id:str}}/preferred", 404, "address.none", ids={"id": "adr_0000000000001"}),
    *[Case(f"GET {API}/address-forms/{{country:str}}", 422, INVALID, n, params={n: "x" * 81}) for n in ("province", "city")],
    *body("/address-texts", "text", ("x" * 1_001, 422, INVALID, "text"), (5, 422, INVALID, "text"), (None, 422, INVALID, "text")),
    *body("/address-texts", "country", ("cn", 422, INVALID, "country"), ("CHN", 422, INVALID, "country")),
    *[Case(f"DELETE {API}/me/devices/{{id:str}}", 404, c, ids={"id": v}) for v, c in (("x", "id.wrong"), ("ses_0000000000001", "session.none"))],
    *body("/me/contacts", "phone", *[(v, 422, INVALID, "phone") for v in ("", 5, "x" * 31)]),
    *body("/me/contacts/entry", "code", *[(v, 422, INVALID, "code") for v in ("", "12345", "abcdef", None)]),
    *[Case(f"PUT {API}/me/wishes", 422, INVALID, "topics", {"topics": v}) for v in (None, "offers", ["offers"] * 3)],
    Case(f"POST {API}/me/claims", 404, "order.none", "", {"number": "J0000000000", "secret": "x"}),
    Case(f"POST {API}/me/claims", 422, INVALID, "secret", {"secret": "x" * 65}),
    Case(f"POST {API}/me/claims", 401, "web.needs_session", who="nobody"),
    # --- goods
    *query("/products", "limit", *[(v, 422, INVALID, "limit") for v in (0, -1, 101, HUGE, "ten", "")]),
    *query("/products", "sort", *[(v, 422, INVALID, "sort") for v in ("price", SQL, "newest,id")]),
    *query("/products", "cursor", *[(v, 422, "cursor.wrong", "") for v in ("x", "AAAA", SQL, "é", "%00")]),
    *query("/products", "cursor", ("x" * 401, 422, INVALID, "cursor")),
    *query("/products", "category", *[(v, 422, INVALID, "category") for v in (SQL, "A", "a b", "x" * 65)]),
    *query("/products", "q", ("x" * 101, 422, INVALID, "q")),
    *query("/search", "limit", *[(v, 422, INVALID, "limit") for v in (0, -1, 101, HUGE, "ten", "")]),
    *query("/search", "sort", *[(v, 422, INVALID, "sort") for v in ("price", SQL, "newest,id")]),
    *query("/search", "cursor", *[(v, 422, "cursor.wrong", "") for v in ("x", "AAAA", SQL, "é", "%00", "x" * 401)]),
    *query("/search", "q", ("x" * 101, 422, INVALID, "q")),
    *query("/suggestions", "q", ("x" * 101, 422, INVALID, "q")),
    *[Case(f"GET {API}/products/{{ref:str}}", 404, c, ids={"ref": v}) for v, c in (
        ("none", "product.none"), ("prd_0000000000001", "product.none"), ("prd_x", "product.none"), ("lst_0000000000001", "product.none"), (SQL, "product.none"),
    )],
    *[Case(f"GET {API}/products/{{ref:str}}/offers", 422, c, f, params={n: v}) for n, v, c, f in (
        ("limit", 0, INVALID, "limit"), ("limit", 101, INVALID, "limit"), ("cursor", "x", "cursor.wrong", ""), ("cursor", SQL, "cursor.wrong", ""),
    )],
    Case(f"GET {API}/products/{{ref:str}}/offers", 404, "product.none", ids={"ref": "none"}),
    *query("/offers", "product", ("x", 404, "id.wrong", ""), (OTHER_KIND, 404, "id.wrong", ""), ("x" * 25, 422, INVALID, "product")),
    *query("/coupons", "state", *[(v, 422, INVALID, "state") for v in ("", "x", SQL)]),
    *body("/coupons", "code", *[(v, 404, "coupon.none", "") for v in (XSS, SQL, "NONE")]),
    *body("/coupons", "code", *[(v, 422, INVALID, "code") for v in ("x" * 65, 5, None, [])]),
    *body("/coupons", "code", ("", 422, INVALID, "offer")),
    *query("/attributes", "category", *[(v, 422, INVALID, "category") for v in (SQL, "A", "x" * 65)]),
    # --- the catalogue's desk
    *[Case(f"PUT {API}/products", 422, INVALID, f, p) for f, p in (
        ("facts.none", {"facts": {"none": 5}}), ("facts", {"facts": {f"f{n}": 1 for n in range(61)}}), ("facts", {"facts": []}),
        ("names", {"names": {}}), ("handle", {"handle": " "}), ("category", {"category": SQL}), ("kind", {"kind": XSS}),
        ("status", {"status": "open"}), ("publish_at", {"status": "scheduled"}), ("publish_at", {"status": "scheduled", "publish_at": "soon"}),
        ("publish_at", {"status": "scheduled", "publish_at": "9999-99-99"}), ("publish_at", {"status": "draft", "publish_at": "2026-01-01T09:00"}),
        ("origins", {"origins": {"en": "robot"}}), ("skus.WALKED.measure", {"skus.0.measure": {"amount": 5, "unit": "ell"}}),
        ("skus.WALKED.gtin", {"skus.0.gtin": "4006381333932"}), ("skus.WALKED.weight_g", {"skus.0.weight_g": -1}),
        ("skus.WALKED.weight_g", {"skus.0.weight_g": HUGE}), ("merchant", {"merchant": "x"}), ("price", {"price": 5}),
    )],
    Case(f"PUT {API}/products", 404, "id.wrong", "", {"merchant": OTHER_KIND}),
    Case(f"PUT {API}/products", 422, "product.matrix", "", {"skus.0.chosen": {"colour": "mauve"}}),
    Case(f"PUT {API}/products", 403, "kernel.forbidden", who="clerk_road"),
    Case(f"PUT {API}/products", 403, "kernel.forbidden", who="owner"),
    *[Case(f"POST {API}/products/{{ref:str}}/skus", 422, INVALID, f, {"skus": v}) for f, v in (
        ("skus", None), ("skus", [{"code": str(n)} for n in range(501)]), ("skus[0].code", [{"code": 5}]), ("skus[0].code", [{}]),
    )],
    Case(f"POST {API}/products/{{ref:str}}/skus", 409, "product.sku_taken", "", {"skus": [{"code": "POT"}]}),
    *[Case(f"POST {API}/products/{{ref:str}}/status", 422, INVALID, f, {f: v}) for f, v in (
        ("status", ""), ("status", XSS[:20]), ("status", 5), ("publish_at", "x" * 41), ("publish_at", "2026-01-01T09:00"), ("publish_at", SQL[:40]),
    )],
    *[Case(f"POST {API}/products/{{ref:str}}/preview", 422, INVALID, "hours", {"hours": v}) for v in (0, -1, 721, HUGE, "1", None)],
    *[Case(f"POST {API}/products/{{ref:str}}/{do}", 404, "product.none", who="clerk_road") for do in ("skus", "status", "preview")],
    *[Case(f"POST {API}/products/{{ref:str}}/{do}", 404, "product.none", ids={"ref": "none"}) for do in ("skus", "status", "preview")],
    *[Case(f"POST {API}/products/{{ref:str}}/recall", 422, INVALID, f, p) for f, p in (("recalled", {"recalled": "yes"}), ("recalled", {"recalled": ...}), ("notices", {"recalled": True, "notices": {"EN_us": "x"}}))],
    *[Case(f"POST {API}/products/{{ref:str}}/handle", 422, INVALID, "handle", {"handle": v}) for v in ("", " ", 5, None, "x" * 121)],
    *[Case(f"POST {API}/products/{{ref:str}}/pictures", 422, INVALID, f, {f: v}) for f, v in (
        ("key", ""), ("key", "x" * 101), ("key", ...), ("image", 5), ("image", "no base64!"), ("alts", []), ("chosen", {"a": 5}),
    )],
    *[Case(f"POST {API}/products/{{ref:str}}/pictures", 422, "picture.bad", "", {"image": v}) for v in ("", "PHN2Zy8+")],
    Case(f"POST {API}/products/{{ref:str}}/handle", 409, "product.handle_taken", "", {"handle": "pot"}),
    # --- the cart
    *counts(CART, "quantity"),
    *ids(CART, "listing"),
    Case(f"POST {API}{CART}", 422, INVALID, "listing", {"listing": ...}),
    Case(f"POST {API}{CART}", 422, INVALID, "price", {"price": 1}),
    Case(f"POST {API}{CART}", 401, "web.needs_session", who="nobody"),
    *[Case(f"PUT {API}/cart/lines/{{listing:str}}", 422, INVALID, "quantity", {"quantity": v}) for v in (-1, 1_000, HUGE, "1", None)],
    *[Case(f"PUT {API}/cart/lines/{{listing:str}}", 404, "id.wrong", ids={"listing": v}) for v in (NO_ID, OTHER_KIND, TOO_BIG, "x", SQL)],
    *[Case(f"PUT {API}/cart/lines/{{listing:str}}/aside", 422, INVALID, "aside", {"aside": v}) for v in ("1", 1, None, [])],
    *[Case(f"PUT {API}/cart/lines/{{listing:str}}/aside", 404, "id.wrong", ids={"listing": v}) for v in (NO_ID, OTHER_KIND, "x", SQL)],
    *body("/quotes", "codes", *[(v, 422, INVALID, "codes") for v in ("x", ["x"] * 21, 5, None)]),
    *body("/quotes", "codes", *[(v, 422, INVALID, "codes[0]") for v in ([""], ["x" * 65], [5])]),
    *body("/quotes", "gift_note", *[(v, 422, INVALID, "gift_note") for v in ("x" * 201, 5, None)]),
    # --- quotes
    Case(f"POST {API}{QUOTES}", 422, INVALID, "lines", {"lines": []}),
    Case(f"POST {API}{QUOTES}", 422, INVALID, "lines", {"lines": [{"listing": UNKNOWN}] * 101}),
    Case(f"POST {API}{QUOTES}", 422, INVALID, "lines", {"lines": ...}),
    Case(f"POST {API}{QUOTES}", 422, INVALID, "lines", {"lines": "TEA"}),
    Case(f"POST {API}{QUOTES}", 409, "checkout.not_for_sale", "", {"lines.0.listing": UNKNOWN}),
    Case(f"POST {API}{QUOTES}", 409, "checkout.not_available", "", {"lines.0.quantity": 999}),
    Case(f"POST {API}{QUOTES}", 404, "id.wrong", "", {"lines.0.listing": OTHER_KIND}),
    *[Case(f"POST {API}{QUOTES}", 422, INVALID, "lines[0].quantity", {"lines.0.quantity": v}) for v in (0, -1, 1_000, HUGE, "1", 1.5)],
    Case(f"POST {API}{QUOTES}", 422, INVALID, "lines[0].price", {"lines.0.price": 1}),
    Case(f"POST {API}{QUOTES}", 422, INVALID, "recipient.name", {"recipient.name": ...}),
    Case(f"POST {API}{QUOTES}", 422, INVALID, "recipient.name", {"recipient.name": ""}),
    *[Case(f"POST {API}{QUOTES}", 422, INVALID, "recipient.phone", {"recipient.phone": v}) for v in ("", "12", "x" * 31, "phone", SQL, 5)],
    *[Case(f"POST {API}{QUOTES}", 422, INVALID, "recipient.country", {"recipient.country": v}) for v in ("", "cn", "CHN", "12", 5)],
    Case(f"POST {API}{QUOTES}", 422, INVALID, "recipient.street", {"recipient.street": "x" * 201}),
    Case(f"POST {API}{QUOTES}", 409, "checkout.outside_market", "", {"recipient.country": "BR", "recipient.phone": "+5511912345678", "recipient.postcode": "01310-100"}),
    Case(f"POST {API}{QUOTES}", 422, INVALID, "email", {"email": ...}, who="guest"),  # an account has its own
    *[Case(f"POST {API}{QUOTES}", 422, INVALID, "email", {"email": v}) for v in ("", "no", XSS, "x" * 300, 5)],
    Case(f"POST {API}{QUOTES}", 422, INVALID, "country", {"country": "cn"}),
    Case(f"POST {API}{QUOTES}", 422, INVALID, "services", {"services": {"mer_x": "express"}}),
    Case(f"POST {API}{QUOTES}", 404, "id.wrong", "", {"services": {UNKNOWN: "express"}}),
    *[Case(f"GET {API}/quotes/{{id:str}}", 404, "id.wrong", ids={"id": v}) for v in ("x", NO_ID, OTHER_KIND, SQL, "qt_zzzzzzzzzzzzz")],
    Case(f"GET {API}/quotes/{{id:str}}", 404, "checkout.no_quote", ids={"id": "qt_0000000000001"}),
    # --- orders
    *ids(ORDERS, "quote"),
    # --- reviews and questions
    *body("/orders/{ref:str}/reviews", "stars", *[(v, 422, INVALID, "stars") for v in (0, 6, -1, 1.5, "5", None, True, HUGE, [])]),
    *body("/orders/{ref:str}/reviews", "line", *[(v, 422, INVALID, "line") for v in (0, -1, "1", None, HUGE)], (9, 409, "review.not_arrived", "")),
    *body("/orders/{ref:str}/reviews", "text", ("x" * 2_001, 422, INVALID, "text"), (5, 422, INVALID, "text"), (None, 422, INVALID, "text")),
    *body("/orders/{ref:str}/reviews", "text", (XSS, 409, "review.written", ""), (SQL, 409, "review.written", "")),
    *body("/products/{ref:str}/questions", "text", *[(v, 422, INVALID, "text") for v in ("", "?", "x" * 501, None, 5, "\u200b\u200b\u200b\u200b")]),
    *[Case(f"PUT {API}/reviews/{{id:str}}", 422, INVALID, "stars", {"stars": v}) for v in (0, 6, "5", None, HUGE)],
    *[Case(f"PUT {API}/reviews/{{id:str}}", 422, INVALID, "text", {"text": v}) for v in ("x" * 2_001, 5, None)],
    *[Case(f"PUT {API}/reviews/{{id:str}}/{verb}", 422, INVALID, "text", {"text": v}) for verb in ("follow-up", "reply") for v in ("", "x" * 2_001, 5, None)],
    *[Case(f"PUT {API}/{path}", 422, INVALID, "on", {"on": v}) for path in ("reviews/{id:str}/helpful", "questions/{id:str}/answers/{n:int}/helpful") for v in (1, "1", None, [])],
    *[Case(f"PUT {API}/questions/{{id:str}}/answer", 422, INVALID, "text", {"text": v}) for v in ("", "x" * 501, 5, None)],
    Case(f"GET {API}/orders/{{ref:str}}/reviews", 404, "order.none", ids={"ref": "J00000000000"}),
    *query("/products/{ref:str}/questions", "limit", *[(v, 422, INVALID, "limit") for v in ("0", "51", "x")]),
    *query("/products/{ref:str}/reviews", "stars", *[(v, 422, INVALID, "stars") for v in ("6", "-1", "x", "1.5", "")]),
    *query("/products/{ref:str}/reviews", "topic", *[(v, 422, INVALID, "topic") for v in ("x", "x" * 17)]),
    *query("/products/{ref:str}/reviews", "lang", *[(v, 422, INVALID, "lang") for v in ("fr", XSS)]),
    *query("/products/{ref:str}/reviews", "sort", *[(v, 422, INVALID, "sort") for v in ("", "best", SQL)]),
    *query("/products/{ref:str}/reviews", "limit", *[(v, 422, INVALID, "limit") for v in ("0", "51", "x")]),
    *query("/products/{ref:str}/reviews", "cursor", ("nonsense", 422, "cursor.wrong", ""), ("x" * 401, 422, INVALID, "cursor")),
    *body(ORDERS, "total", *[(v, 422, INVALID, "total") for v in (-1, "1", 1.5, None, HUGE, True)]),
    *body(ORDERS, "total", (0, 409, "checkout.total_changed", ""), (2**53 - 1, 409, "checkout.total_changed", "")),
    *body(ORDERS, "method", *[(v, 422, INVALID, "method") for v in (5, None, "x" * 17)]),
    *body(ORDERS, "method", *[(v, 409, "checkout.method", "") for v in ("", "gold", XSS[:16], SQL[:16])]),
    Case(f"POST {API}{ORDERS}", 400, "web.needs_key", headers={"idempotency-key": ""}),
    Case(f"POST {API}{ORDERS}", 400, "web.unreadable", headers={"idempotency-key": "x" * 201}),
    Case(f"POST {API}{ORDERS}", 422, INVALID, "key", headers={"idempotency-key": "x" * 129}),
    Case(f"POST {API}{ORDERS}", 401, "web.needs_session", who="nobody"),
    Case(f"POST {API}{ORDERS}", 403, "kernel.forbidden", who="clerk_tea"),
    *query("/orders", "limit", *[(v, 422, INVALID, "limit") for v in (0, -1, 51, HUGE, "x")]),
    *query("/orders", "state", *[(v, 422, INVALID, "state") for v in (SQL, "A", "x" * 17)]),
    *query("/orders", "cursor", *[(v, 422, "cursor.wrong", "") for v in ("x", "AAAA", SQL, "é")]),
    *[Case(f"GET {API}/orders/{{ref:str}}", 404, c, ids={"ref": v}) for v, c in (
        ("ord_0000000000001", "order.none"), ("ord_x", "id.wrong"), ("qt_0000000000001", "id.wrong"), ("1", "order.none"), (SQL[:12], "order.none"),
    )],
    Case(f"GET {API}/orders/{{ref:str}}", 422, INVALID, "ref", ids={"ref": "x" * 41}),
    Case(f"GET {API}/orders/{{ref:str}}", 422, INVALID, "secret", params={"secret": "x" * 65}),
    *[Case(f"POST {API}{CANCELS}", 422, INVALID, n, {n: v}) for n in ("child", "line", "quantity") for v in (-1, HUGE, "1", None, 1.5)],
    *[Case(f"POST {API}{CANCELS}", 422, INVALID, "reason", {"reason": v}) for v in (XSS, "x" * 65, 5, "Because")],
    Case(f"POST {API}{CANCELS}", 400, "web.needs_key", headers={"idempotency-key": ""}),
    Case(f"POST {API}{CANCELS}", 404, "order.none", "", {"child": 9}),
    Case(f"POST {API}{CANCELS}", 422, INVALID, "line", {"quantity": 1}),  # of which line? never the whole order
    Case(f"POST {API}{CANCELS}", 422, INVALID, "line", {"child": 1, "quantity": 1}),
    Case(f"POST {API}{CANCELS}", 404, "order.none", "", {"child": 1, "line": 9}),
    Case(f"POST {API}{CANCELS}", 422, "order.pieces", "", {"child": 1, "line": 1, "quantity": 999}),
    *[Case(f"POST {API}{RECEIPT}", 422, INVALID, "child", {"child": v}) for v in (-1, HUGE, "1", None)],
    Case(f"POST {API}{RECEIPT}", 409, "order.not_yet"),
    # --- the desk
    *counts(STOCK, "quantity", 1_000),
    *body(STOCK, "quantity", (1_000_001, 422, INVALID, "quantity")),
    *ids(STOCK, "listing"),
    Case(f"POST {API}{STOCK}", 404, "stock.none", "", {"listing": UNKNOWN}),
    Case(f"POST {API}{STOCK}", 404, "stock.no_warehouse", "", {"warehouse": "wh_0000000000001"}),
    *texts(STOCK, "note", 200),
    Case(f"POST {API}{STOCK}", 400, "web.needs_key", headers={"idempotency-key": ""}),
    Case(f"POST {API}{STOCK}", 403, "kernel.forbidden", who="owner"),
    Case(f"POST {API}{STOCK}", 401, "web.needs_session", who="nobody"),
    *query("/work", "limit", *[(v, 422, INVALID, "limit") for v in (0, 101, "x")]),
    *query("/work", "state", *[(v, 422, INVALID, "state") for v in ("", "gone", SQL)]),
    *query("/work", "cursor", *[(v, 422, "cursor.wrong", "") for v in ("x", "AAAA", SQL)]),
    *query("/work", "warehouse", *[(v, 404, "id.wrong", "") for v in ("x", OTHER_KIND, "wh_zzzzzzzzzzzzz")]),
    *[Case(f"GET {API}/work/{{id:str}}", 404, c, ids={"id": v}) for v, c in (("x", "id.wrong"), (OTHER_KIND, "id.wrong"), ("ful_0000000000001", "fulfilment.none"))],
    Case(f"POST {API}/work/{{id:str}}/pack", 404, "fulfilment.none", ids={"id": "ful_0000000000001"}),
    Case(f"POST {API}{SHIP}", 422, INVALID, "carrier", {"carrier": "pigeon"}),
    *texts(SHIP, "carrier", 32),
    Case(f"POST {API}{SHIP}", 400, "web.needs_key", headers={"idempotency-key": ""}),
    Case(f"POST {API}{SHIP}", 422, INVALID, "pieces", {"pieces": [{"line": 1, "quantity": 1}] * 101}),
    *[Case(f"POST {API}{SHIP}", 422, INVALID, "pieces[0].quantity", {"pieces": [{"line": 1, "quantity": v}]}) for v in (0, -1, 1_000, HUGE, "1")],
    Case(f"POST {API}{SHIP}", 409, "fulfilment.state", "", {"pieces": [{"line": 1, "quantity": 999}]}),
    Case(f"POST {API}{SHIP}", 409, "fulfilment.state", "", {"pieces": [{"line": 9, "quantity": 1}]}),
    # --- notifications
    Case("POST /hooks/stripe", 400, "payment.bad_signature"),
    Case("POST /hooks/{carrier:str}", 400, "fulfilment.bad_note"),
    Case("POST /hooks/{carrier:str}", 400, "fulfilment.bad_note", ids={"carrier": "pigeon"}),
    Case("POST /hooks/{carrier:str}", 422, INVALID, "carrier", ids={"carrier": "x" * 33}),
]  # fmt: skip


def form(path: str, status: int, *wrong: tuple[str, Any]) -> list[Case]:
    """A page that refuses with this status, whichever of these fields is wrong."""
    return [Case(f"POST /en{path}", status, "", "", {name: value}) for name, value in wrong]


NUMBERS = ("", "x", "-1", "1.5", str(HUGE), XSS, "１", "1e3")
FORMS: list[Case] = [
    *form("/cart/add", 422, *[("quantity", v) for v in ("x", "1.5", XSS, "1e3", "１", "9" * 5_000, str(HUGE))], ("listing", "")),
    *form("/cart/add", 200, *[("quantity", v) for v in ("-1", "1000", str(2**62))]),  # the cart, and why
    *form("/cart/add", 404, ("listing", NO_ID), ("listing", OTHER_KIND), ("listing", SQL), ("listing", TOO_BIG)),
    *form("/cart/set", 422, *[("quantity", v) for v in ("", "x", "1.5", XSS)]),
    *form("/cart/set", 200, *[("quantity", v) for v in ("-1", "1000", str(2**62))]),
    *form("/cart/set", 200, ("listing", NO_ID), ("listing", OTHER_KIND)),
    *form("/cart/aside", 422, ("aside", "x"), ("aside", XSS), ("aside", "9" * 5_000)),
    *form("/cart/aside", 404, *[("listing", v) for v in (NO_ID, OTHER_KIND, SQL, TOO_BIG)]),
    *form("/cart/coupon", 200, *[("code", v) for v in (XSS, SQL, NONSENSE, "x" * 5_000)]),  # the cart, and why
    *form("/checkout/address", 422, ("name", ""), ("phone", ""), ("phone", "12"), ("phone", XSS), ("street", ""), ("email", "no"), ("email", XSS), ("country", "XX"), ("name", "x" * 5_000), ("street", "x" * 5_000), ("postcode", "x" * 99)),
    *form("/checkout/address", 422, *[("buy", v) for v in ("x", "1x0", "1x-1", f"1x{HUGE}", f"{HUGE}x1", SQL, "1x1x1", "１x１", "²x1", "1x²", "9" * 5_000 + "x1")]),
    *form("/checkout/delivery", 404, ("quote", ""), ("quote", "x"), ("quote", OTHER_KIND), ("quote", "qt_0000000000001")),
    *form("/checkout/place", 422, ("total", ""), ("total", "x"), ("total", "1.5"), ("quote", ""), ("method", ""), ("key", "")),
    *form("/checkout/place", 422, ("key", "x" * 129), ("total", str(HUGE))),
    *form("/checkout/place", 404, ("quote", "x"), ("quote", OTHER_KIND)),
    *form("/checkout/place", 409, ("total", "1"), ("total", "-1"), ("method", "gold"), ("method", XSS)),
    *form("/sign-in", 422, ("email", ""), ("email", "no"), ("email", XSS), ("email", "x" * 300)),
    *form("/sign-in/code", 422, ("code", "")),
    *form("/sign-in/code", 409, ("code", XSS), ("code", "1")),
    *form("/sign-in/code", 303, ("challenge", "x"), ("challenge", OTHER_KIND)),
    *form("/sign-in/password", 422, ("email", ""), ("password", ""), ("password", "wrong"), ("password", "x" * 5_000), ("email", XSS)),
    *form("/me/password", 422, ("password", ""), ("password", "short"), ("password", "password"), ("password", "x" * 5_000)),
    *form("/me/sessions/end", 404, ("session", ""), ("session", "x"), ("session", OTHER_KIND), ("session", "ses_0000000000001")),
    *form("/orders/{number:str}/cancel", 422, *[(n, v) for n in CANCEL[:3] for v in ("x", "1.5", XSS)], ("quantity", "999")),
    *form("/orders/{number:str}/cancel", 404, ("child", "9"), ("child", "-1"), ("child", str(2**62))),
    *form("/orders/{number:str}/receipt", 422, ("child", "x")),
    *form("/orders/{number:str}/receipt", 409, ("child", "1")),
    *form("/sign-in", 422, ("phone", ""), ("phone", "12"), ("phone", XSS)),
    *form("/me/addresses/save", 422, ("name", ""), ("phone", "12"), ("province", "Bavaria"), ("city", "南京市"), ("street", ""), ("street", "x" * 5_000), ("street", "PO Box 1"), ("label", "castle"), ("country", "XX"), ("postcode", "x")),
    *form("/me/addresses/save", 404, ("id", "x"), ("id", OTHER_KIND), ("id", "adr_0000000000001")),
    *form("/me/contact", 422, ("value", ""), ("value", "12"), ("value", XSS)),
    *form("/me/contact/code", 409, ("code", "1"), ("code", XSS)),
    *form("/me/contact/code", 303, ("challenge", "x")),
    *form("/me/notices", 422, ("topic", "everything")),
    *form("/me/claims", 404, ("number", "x"), ("number", XSS), ("order", "ord_0000000000001"), ("order", "x")),
    *form("/place", 422, ("market", "XX"), ("market", ""), ("locale", "fr"), ("locale", "")),
    *form("/find-order", 422, ("number", ""), ("email", "")),
    *form("/privacy", 422, *[("choice", v) for v in ("", "some", "ALL", XSS, SQL, "x" * 5_000)]),
    *form("/feed/off", 422, *[("place", v) for v in ("", "attic", XSS, SQL)]),
    *form("/coupons/claim", 404, ("promotion", "x"), ("promotion", OTHER_KIND), ("promotion", SQL), ("promotion", "prm_0000000000001")),
    *form("/coupons/claim", 422, ("promotion", "")),
    *form("/coupons/code", 404, *[("code", v) for v in (XSS, SQL, NONSENSE, "x" * 5_000, "NONE")]),
    *form("/coupons/code", 422, ("code", "")),
    *form("/desk/promotions/new", 422, *[(n, v) for n in ("minimum", "budget") for v in ("x", "-1", "1e3", "1.234", str(HUGE), XSS, "NaN", "Infinity")]),
    *form("/desk/promotions/new", 422, *[(n, v) for n in ("min_pieces", "budget_uses", "per_person", "claims", "claim_days") for v in ("x", "-1", "1.5", str(HUGE), XSS, "１", "1e3")]),
    *form("/desk/promotions/new", 422, *[("tiers", v) for v in ("", "x", "100", "100 200", "0 0", XSS, f"{HUGE} 1", "1 1\n1 1")]),
    *form("/desk/promotions/new", 422, *[(n, v) for n in ("begins", "ends") for v in ("x", "2020-01-01", "9999-99-99T99:99", SQL)]),
    *form("/desk/promotions/new", 422, *[(n, v) for n in ("stage", "kind", "market", "needs") for v in ("", "x", XSS, SQL) if (n, v) != ("needs", "")]),
    *form("/desk/promotions/new", 422, ("name_en", ""), ("name_zh", "x" * 81), ("key", ""), ("key", "x" * 65), ("group", XSS), ("code", "no"), ("code", XSS), ("products", "x"), ("products", OTHER_KIND)),
    *form("/desk/promotions/{promotion_id:str}/codes", 422, *[("count", v) for v in ("0", "10001", *NUMBERS)], ("key", "")),
    *form("/desk/search/words", 422, *[("kind", v) for v in ("", "x", XSS, SQL)], ("terms", ""), ("terms", "one"), ("terms", "a\nA"), ("terms", "x" * 101 + "\ny")),
    *form("/desk/stock/receive", 422, *[("quantity", v) for v in ("0", "1000001", *NUMBERS)], ("key", ""), ("key", "x"), ("key", "0"), ("key", str(HUGE)), ("listing", UNKNOWN)),
    *form("/desk/stock/receive", 404, ("warehouse", "x"), ("warehouse", "wh_0000000000001"), ("listing", NO_ID)),
    *form("/desk/stock/{stock_id:str}/adjust", 422, *[("delta", v) for v in ("x", "", "1.5", "1000001", str(HUGE), XSS)], ("reason", ""), ("key", "")),
    *form("/desk/stock/{stock_id:str}/adjust", 409, ("delta", "-1000000")),
    *form("/products/{handle:str}/questions", 422, ("text", ""), ("text", "?"), ("text", "x" * 501)),
    *form("/orders/{number:str}/review/{line:int}", 422, *[("stars", v) for v in ("", "0", "6", "x", "1.5", XSS, str(HUGE))], ("text", "x" * 2_001)),
    *form("/orders/{number:str}/review/{line:int}", 409, ("text", "otherwise")),
    *form("/questions/{question_id:str}/answer", 422, ("text", ""), ("text", "x" * 501)),
    *form("/desk/questions/{question_id:str}/answer", 422, ("text", ""), ("text", "x" * 501)),
    *form("/desk/reviews/{review_id:str}/reply", 422, ("text", ""), ("text", "x" * 2_001)),
    *form("/desk/reviews/moderation", 422, ("kind", "x"), ("note", ""), ("note", "x" * 501), ("n", "x")),
    *form("/desk/reviews/moderation", 404, ("id", NO_ID), ("id", "rev_0000000000001")),
    *form("/favourites", 404, ("product", ""), ("product", NO_ID), ("product", XSS)),
    *form("/shops/follow", 404, ("merchant", ""), ("merchant", NO_ID)),
    *form("/wishes/watch", 404, ("listing", ""), ("listing", XSS)),
    *form("/wishes/watch", 422, ("kind", ""), ("kind", "sideways"), ("email", "no")),
    *form("/wishes/watch", 409, ("kind", "back"), ("listing", UNKNOWN)),
    *form("/wishes/unwatch", 404, ("watch", ""), ("watch", "wat_0000000000001"), ("watch", SQL)),
    *form("/desk/work/{work_id:str}/ship", 422, *[("pieces.1", v) for v in ("x", "-1", "1.5", "0", "9999999", XSS, "１")]),
    *form("/desk/work/{work_id:str}/ship", 409, ("pieces.1", "999")),
    *form("/desk/work/{work_id:str}/push", 404, ("waybill", ""), ("waybill", "../../etc"), ("waybill", "JX1")),
]  # fmt: skip

# What is no body at all, whichever route it is sent to: (name, bytes, media type, status, code)
BROKEN: list[tuple[str, bytes, str, int, str]] = [
    ("nothing", b"", "application/json", 422, INVALID),
    ("half", b'{"a":', "application/json", 400, "web.unreadable"),
    ("words", b"hello", "application/json", 400, "web.unreadable"),
    ("two", b"{}{}", "application/json", 400, "web.unreadable"),
    ("not utf-8", b'{"email":"\xff\xfe"}', "application/json", 400, "web.unreadable"),
    ("utf-16", '{"a":1}'.encode("utf-16"), "application/json", 400, "web.unreadable"),
    ("half a character", b'{"email":"\\ud800"}', "application/json", 400, "web.unreadable"),
    ("not a number", b'{"quantity":NaN}', "application/json", 400, "web.unreadable"),
    ("a list", b"[]", "application/json", 422, INVALID),
    ("null", b"null", "application/json", 422, INVALID),
    ("deep", b"[" * 100_000, "application/json", 422, INVALID),
    ("deep object", b'{"a":' * 50_000, "application/json", 422, INVALID),
    ("too large", b'{"a":"' + b"x" * (1 << 20) + b'"}', "application/json", 413, "web.too_large"),
    ("a form", b"a=1", "application/x-www-form-urlencoded", 415, "web.media_type"),
    ("text", b"{}", "text/plain", 415, "web.media_type"),
    ("xml", b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', "application/xml", 415, "web.media_type"),
    ("pickle", b"\x80\x04K\x01.", "application/octet-stream", 415, "web.media_type"),
    ("no type", b"{}", "", 415, "web.media_type"),
]  # fmt: skip
