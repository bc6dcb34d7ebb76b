"""What search engines are told of a product, in the words of schema.org."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from jishi.goods.catalog import DisplayCategory, Product
from jishi.kernel.i18n import iso, major, said
from jishi.web.goods import Choosing, Offer
from jishi.web.visit import Visit

PICTURES, VARIANTS = 6, 30


def structured(
    visit: Visit, whole: Choosing, trail: Sequence[DisplayCategory], merchant: Any, rating: tuple[str, int] | None
) -> list[dict[str, Any]]:
    """Product, or ProductGroup with the variants that the page shows, with offers and rating; and the breadcrumbs."""
    found, locale = whole.product, visit.locale
    address = f"{base_of(visit)}/{locale}/products/{found.handle}"
    seller = said(merchant.names, locale) if merchant else ""
    told = _about(visit, found)
    if rating and rating[1]:
        told["aggregateRating"] = {
            "@type": "AggregateRating", "ratingValue": rating[0], "reviewCount": rating[1], "bestRating": "5",
        }  # fmt: skip
    offers = [o for o in ([whole.here] if whole.here else []) + whole.beside if o.price][:VARIANTS]
    if not found.options:
        told |= {"@type": "Product", **(_variant(found, offers[0], address, seller) if offers else {})}
    else:
        told |= {
            "@type": "ProductGroup", "productGroupID": str(found.id),
            "variesBy": [said(o.names, locale) for o in found.options],
            "hasVariant": [
                {"@type": "Product", "name": _name(found, o, locale), "image": told["image"][:1],
                 **_variant(found, o, _with(address, o), seller)}
                for o in offers
            ],
        }  # fmt: skip
    return [told, _crumbs(visit, found, trail)]


def base_of(visit: Visit) -> str:
    return visit.site.config.base_url.rstrip("/")


def _about(visit: Visit, found: Product) -> dict[str, Any]:
    locale = visit.locale
    told: dict[str, Any] = {
        "@context": "https://schema.org", "@type": "Product", "name": said(found.names, locale),
        "description": said(found.summaries, locale) or said(found.names, locale),
        "url": f"{base_of(visit)}/{locale}/products/{found.handle}",
        "image": [f"{base_of(visit)}/media/{p.path}-{max(p.sizes)}.webp" for p in found.pictures[:PICTURES]],
    }  # fmt: skip
    if found.brand:
        told["brand"] = {"@type": "Brand", "name": said(found.brand_names, locale)}
    return told


def _name(found: Product, offer: Offer, locale: str) -> str:
    words = [said(v.names, locale) for o in found.options for v in o.values if offer.sku.chosen.get(o.code) == v.code]
    return " ".join([said(found.names, locale), *words])


def _with(address: str, offer: Offer) -> str:
    return address + "?" + urlencode({f"o.{k}": v for k, v in offer.sku.chosen.items()})


def _variant(found: Product, offer: Offer, address: str, seller: str) -> dict[str, Any]:
    """A SKU and its offer; a recalled one is told as discontinued."""
    price = offer.price
    assert price is not None  # those without are left out
    state = "Discontinued" if found.recalled else "InStock" if offer.free else "OutOfStock"
    told: dict[str, Any] = {
        "sku": offer.sku.code,
        "offers": {
            "@type": "Offer", "price": str(major(price.minor, price.currency)), "priceCurrency": price.currency,
            "availability": f"https://schema.org/{state}", "itemCondition": "https://schema.org/NewCondition",
            "url": address,
        },
    }  # fmt: skip
    if price.valid_to:
        told["offers"]["priceValidUntil"] = iso(price.valid_to)
    if seller:
        told["offers"]["seller"] = {"@type": "Organization", "name": seller}
    if offer.sku.gtin:
        told[f"gtin{len(offer.sku.gtin)}"] = offer.sku.gtin
    if offer.sku.weight_g:
        told["weight"] = {"@type": "QuantitativeValue", "value": offer.sku.weight_g, "unitCode": "GRM"}
    return told


def _crumbs(visit: Visit, found: Product, trail: Sequence[DisplayCategory]) -> dict[str, Any]:
    base, locale = f"{base_of(visit)}/{visit.locale}", visit.locale
    steps = [(visit.t("web.nav.home"), base)]
    steps += [(said(c.names, locale), f"{base}/products?category={c.code}") for c in trail]
    steps.append((said(found.names, locale), f"{base}/products/{found.handle}"))
    return {
        "@context": "https://schema.org", "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": n, "name": name, "item": item} for n, (name, item) in enumerate(steps, 1)
        ],
    }  # fmt: skip
