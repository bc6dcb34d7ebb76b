"""Tax of a quote's lines: dated rates, or a provider behind the same verb. Never 0 % because somebody was away."""

from .face import LineTax, RatesMissing, Tax, Taxes, TaxLine, TaxProvider, TaxQuery

__all__ = ["LineTax", "RatesMissing", "Tax", "TaxLine", "TaxProvider", "TaxQuery", "Taxes"]
