"""The draft in the catalogue's words, and the shop's refusals in the file's."""

from collections.abc import Sequence

from jishi.goods.catalog import Fact, Option, OptionValue, PutProduct, SkuDraft
from jishi.kernel import Fault, Forbidden, Invalid

from .reading import text_in, unique_codes
from .shopify import FACTS, MEASURE, PUBLISH_AT
from .terms import Draft, ImportPlan, PictureDraft, Trouble, VariantDraft

YES_NO = {"yes": True, "true": True, "no": False, "false": False}
COLUMNS = {  # field of the command → Shopify's column
    "names": "Title", "descriptions": "Body (HTML)", "brand": "Vendor", "category": "Product Category", "facts": FACTS,
    "publish_at": PUBLISH_AT, "code": "Variant SKU", "weight_g": "Variant Grams", "gtin": "Variant Barcode",
    "measure": MEASURE,
}  # fmt: skip


def command(d: Draft, plan: ImportPlan, category: str, flags: set[str]) -> PutProduct:
    """The draft in the catalogue's words: values of an option get their codes from their names. `flags`: attributes that are
    told by yes or no."""
    main = plan.locale
    options, codes = list[Option](), list[dict[str, str]]()
    for i, o in enumerate(d.options):
        names = {text_in(v.values[i], main): v.values[i] for v in d.variants}
        coded = dict(zip(names, unique_codes(list(names)), strict=True))
        options.append(Option(o.code, o.names, [OptionValue(coded[n], text) for n, text in names.items()]))
        codes.append(coded)
    return PutProduct(
        plan.merchant_id,
        d.handle,
        d.names,
        descriptions=d.descriptions,
        category=category,
        brand=d.brand,
        options=options,
        skus=[_sku(v, d, codes, main) for v in d.variants],
        specs=d.specs,
        kind=d.kind,
        status="scheduled" if d.publish_at else d.status,
        publish_at=d.publish_at,
        facts={code: _fact(value, code in flags) for code, value in d.facts.items()},
        origins=dict.fromkeys(d.names, d.made_by),
    )


def _fact(value: str, flag: bool) -> Fact:
    return YES_NO.get(value.casefold(), value) if flag else value


def _sku(v: VariantDraft, d: Draft, codes: Sequence[dict[str, str]], main: str) -> SkuDraft:
    chosen = {o.code: codes[i][text_in(v.values[i], main)] for i, o in enumerate(d.options)}
    return SkuDraft(v.code, chosen, v.weight_g, v.gtin, measure=v.measure)


def refusal(e: Fault, d: Draft, *, refused: bool, picture: PictureDraft | None = None) -> Trouble:
    """The shop's own sentence about a draft, at the line and the column that it is about, as well as they can be told; what
    is not about the draft is raised: whoever runs us must know."""
    if e.status not in (404, 409, 422) or isinstance(e, Forbidden):
        raise e
    key, params, line, column = e.message, {n: str(getattr(e.body, n)) for n in e.body.__struct_fields__}, d.line, ""
    if isinstance(e, Invalid):
        first = e.body.errors[0]  # type: ignore[attr-defined]
        key, params = f"fields.{first.code}", dict(first.params)
        line, column = place_of(first.field, d)
    elif sku := params.get("sku", ""):
        line, column = place_of(f"skus.{sku}.code", d)
    if picture:
        return Trouble(picture.line, picture.column, key, params, d.handle, refused)
    return Trouble(line, column, key, params, d.handle, refused)


def place_of(field: str, d: Draft) -> tuple[int, str]:
    """The line and the column of a field of the command; of a format whose columns are not ours to name, the field."""
    line, called = d.line, field
    if field.startswith("skus."):
        found = [v for v in d.variants if field.startswith(f"skus.{v.code}.")]
        variant = max(found, key=lambda v: len(v.code), default=None)  # codes have dots too
        if variant:
            line, called = variant.line, field.removeprefix(f"skus.{variant.code}.")
    return line, COLUMNS.get(called.partition(".")[0], field) if d.format == "shopify" else field
