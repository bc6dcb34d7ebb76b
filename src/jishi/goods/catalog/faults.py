"""What the catalogue refuses."""

from jishi.kernel import Fault
from jishi.kernel.place import Text


class NoProduct(Fault, code="product.none", status=404):
    id: int = 0
    handle: str = ""


class ProductGone(Fault, code="product.gone", status=410):
    """It was for sale once and is archived; `category` tells what is like it."""

    id: int
    handle: str
    names: Text
    category: str


class WrongMatrix(Fault, code="product.matrix", status=422):
    """A SKU without a value for an option, with an unknown one, or two SKUs with the same values."""

    sku: str
    option: str = ""


class SkuTaken(Fault, code="product.sku_taken", status=409):
    """Another product of the merchant has a SKU of this code."""

    sku: str
    product_id: int


class HandleTaken(Fault, code="product.handle_taken", status=409):
    handle: str


class BadPicture(Fault, code="picture.bad", status=422):
    """reason: type, size, broken, too_many, empty, tiny."""

    reason: str


class BadVideo(Fault, code="video.bad", status=422):
    """reason: type, size, broken, too_many, empty."""

    reason: str
