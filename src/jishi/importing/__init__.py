"""Catalogues of other shops come in, and ours goes out, as CSV: bad lines are named, good products go in.

Used by the command line; it speaks to the goods through their faces alone."""

from .export import ExportPlan, export_products
from .story import Doors, import_file
from .terms import FORMATS, ImportPlan, NoColumns, NotText, Report, Trouble, UnknownFormat

__all__ = [
    "FORMATS",
    "Doors",
    "ExportPlan",
    "ImportPlan",
    "NoColumns",
    "NotText",
    "Report",
    "Trouble",
    "UnknownFormat",
    "export_products",
    "import_file",
]
