"""What an offer costs, from when to when: prices are dated rows and never overwritten."""

from .face import (
    HistoryQuery,
    Price,
    PriceDraft,
    PriceList,
    PriceQuery,
    PricesChanged,
    Pricing,
    SetPrices,
    Sold,
    SoldList,
    SoldQuery,
    WrongPrice,
)

__all__ = [
    "HistoryQuery",
    "Price",
    "PriceDraft",
    "PriceList",
    "PriceQuery",
    "PricesChanged",
    "Pricing",
    "SetPrices",
    "Sold",
    "SoldList",
    "SoldQuery",
    "WrongPrice",
]
