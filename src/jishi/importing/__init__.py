"""Catalogues of other shops come in, and ours goes out, as CSV: bad lines are named, good products go in.

Used by the command line; it speaks to the goods through their faces alone."""

from .desk import ImportAsk, export_file, import_file, line_of, show
from .export import ExportPlan, export_products, header
from .story import Doors, import_products
from .terms import (
    FORMATS,
    ImportPlan,
    NoColumns,
    NoSuchMarket,
    NoSuchMerchant,
    NotText,
    Report,
    Trouble,
    UnknownFormat,
)

__all__ = [
    "FORMATS",
    "Doors",
    "ExportPlan",
    "ImportAsk",
    "ImportPlan",
    "NoColumns",
    "NoSuchMarket",
    "NoSuchMerchant",
    "NotText",
    "Report",
    "Trouble",
    "UnknownFormat",
    "export_file",
    "export_products",
    "header",
    "import_file",
    "import_products",
    "line_of",
    "show",
]
