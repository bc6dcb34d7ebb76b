"""No rows of its own: rates are data that ships. The module is here for its time and its place among the others."""

from jishi.kernel import Module

module = Module("trade.tax")
