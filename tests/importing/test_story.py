"""Import is safe to repeat and to go on with; a dry run writes nothing; strangers are refused; pictures stay in their folder."""

import os

import pytest

from jishi.goods.inventory import NoWarehouse
from jishi.importing import Doors
from jishi.kernel import Forbidden, Unavailable
from tests.goods.catalog.kit import photo
from tests.kit import STAFF, buyer, clerk, engine_on

from .kit import ACME, open_shop, pictures_beside, row, written


class Killed(BaseException):
    """The process dies."""


class Mortal:
    """A face that dies before or after its n-th call of all faces together."""

    def __init__(self, face, life) -> None:
        self.face, self.life = face, life

    def __getattr__(self, name):
        verb = getattr(self.face, name)

        async def call(ctx, command):
            self.life[0] -= 1
            if self.life[0] == 0:
                raise Killed
            answer = await verb(ctx, command)
            if self.life[0] == 1 and self.life[1]:
                raise Killed  # it was done, and nobody heard of it
            return answer

        return call


def mortal(doors: Doors, calls: int, *, deaf: bool = False) -> Doors:
    life = [calls, deaf]
    return Doors(Mortal(doors.catalog, life), Mortal(doors.pricing, life), Mortal(doors.inventory, life))


def small(folder):
    """Five products in nine rows, with categories, options and pictures."""
    sizes = [
        {"Option1 Name": "Size", "Option1 Value": s, "Variant SKU": f"T-{s}", "Image Src": f"{s}.png"} for s in "SML"
    ]
    rows = [
        row("cup", **{"Type": "Cups", "Image Src": "S.png"}),
        *(row("tin", **{"Product Category": "Tea > Tins", **s}) for s in sizes),
        row("mat"),
        row("bad", **{"Variant Price": "x"}),
        row("pot", Type="Cups"),
        row("jar"),
    ]
    for n, size in enumerate("SML"):
        (folder / f"{size}.png").write_bytes(photo(210 + n, 200))
    return written(folder, rows)


async def test_a_second_run_changes_nothing(shop, tmp_path):
    file = pictures_beside(tmp_path)
    first = await shop.load(file)
    inside, files = await shop.picture_of(), dict(shop.files.kept)
    versions = {p.id: p.version for p in await shop.products()}
    second = await shop.load(file)
    assert await shop.picture_of() == inside
    assert shop.files.kept == files
    assert {p.id: p.version for p in await shop.products()} == versions
    assert second == first


@pytest.mark.slow  # dies at every one of some thirty calls, before and after it, and is run again each time
async def test_killed_anywhere_and_run_again_it_is_the_same_shop(tmp_path, world):
    file = small(tmp_path)
    async with engine_on("sqlite", tmp_path, world) as engine:
        whole = await open_shop(engine)
        report, wanted = await whole.load(file), await whole.picture_of()
    assert (report.products, report.refused) == (5, 1)
    calls, died = 0, True
    while died:
        calls, died = calls + 1, False
        for deaf in (False, True):
            (folder := tmp_path / f"{calls}-{deaf}").mkdir()
            async with engine_on("sqlite", folder, world) as engine:
                shop = await open_shop(engine)
                doors = shop.doors
                shop.doors = mortal(doors, calls, deaf=deaf)
                try:
                    await shop.load(file)
                except Killed:
                    died = True
                shop.doors = doors
                again = await shop.load(file)
                assert again == report
                assert await shop.picture_of() == wanted
    assert calls > 25


async def test_killed_half_way_on_either_engine(shop, tmp_path):
    file, doors = small(tmp_path), shop.doors
    for calls in (3, 9, 14):
        shop.doors = mortal(doors, calls)
        with pytest.raises(Killed):
            await shop.load(file)
    shop.doors = doors
    report = await shop.load(file)
    inside = await shop.picture_of()
    assert (report.products, report.pieces) == (5, 21)
    assert [s[9] for s in inside["tin"][8]] == [[3], [3], [3]]
    assert len(inside["tin"][9]) == 3


async def test_a_dry_run_tells_the_same_and_writes_nothing(shop, tmp_path):
    file = small(tmp_path)
    dry = await shop.load(file, dry_run=True)
    assert await shop.products() == []
    assert shop.files.kept == {}
    real = await shop.load(file)
    assert dry.dry_run
    assert (dry.products, dry.variants, dry.refused, dry.prices, dry.pieces, dry.pictures, dry.troubles) == (
        real.products, real.variants, real.refused, real.prices, real.pieces, real.pictures, real.troubles,
    )  # fmt: skip


async def test_stock_that_was_sold_does_not_come_back(shop, tmp_path):
    from jishi.goods.inventory import Adjust, Availability

    file = written(tmp_path, [row("cup")])
    await shop.load(file)
    (product,) = await shop.products()
    item = product.skus[0].components[0].stock_item_id
    (level,) = (await shop.doors.inventory.availability(STAFF, Availability([item]))).rows
    await shop.doors.inventory.adjust(STAFF, Adjust(1, level.stock_id, -2, "lost"))
    await shop.load(file)
    (after,) = (await shop.doors.inventory.availability(STAFF, Availability([item]))).rows
    assert (level.on_hand, after.on_hand, after.merchant_id) == (3, 1, ACME)


async def test_strangers_and_unknown_warehouses_are_refused_before_anything_is_written(shop, tmp_path):
    file = written(tmp_path, [row("cup", Type="Cups")])
    for ctx in (buyer(), clerk(ACME + 1)):
        with pytest.raises(Forbidden):
            await shop.load(file, ctx)
    shop.warehouse_id = 99
    with pytest.raises(NoWarehouse):
        await shop.load(file)
    assert await shop.products() == []


async def test_a_clerk_imports_its_own_goods_into_known_categories(shop, tmp_path):
    await shop.load(written(tmp_path, [row("cup", Type="Cups")]))
    report = await shop.load(written(tmp_path, [row("mug", Type="Cups")]), clerk(ACME))
    assert (report.products, report.refused) == (1, 0)
    with pytest.raises(Forbidden):
        await shop.load(written(tmp_path, [row("hat", Type="Hats")]), clerk(ACME))
    assert [p.handle for p in await shop.products()] == ["cup", "mug"]


async def test_what_is_not_the_files_fault_ends_the_run(shop, tmp_path):
    class Away:
        def __getattr__(self, name):
            async def call(ctx, command):
                raise Unavailable("away")

            return call

    shop.doors = Doors(shop.doors.catalog, Away(), shop.doors.inventory)
    with pytest.raises(Unavailable):
        await shop.load(written(tmp_path, [row("cup")]))


async def test_pictures_stay_in_their_folder(shop, tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "secret.png").write_bytes(photo(300, 300))
    (tmp_path / "in" / "good.png").write_bytes(photo(300, 300))
    os.symlink(tmp_path / "secret.png", tmp_path / "in" / "link.png")
    (tmp_path / "in" / "big.png").write_bytes(photo(9, 9) + b"\0" * (20 << 20))
    sources = {
        "../secret.png": "path",
        "..\\secret.png": "path",
        "a/../../secret.png": "path",
        str(tmp_path / "secret.png"): "path",
        "C:\\secret.png": "path",
        "file:///etc/passwd": "path",
        "link.png": "path",
        "big.png": "large",
        ".": "missing",
        "x" * 301: "path",
        "x" * 290: "missing",
        "HTTPS://a.example/x.png": "remote",
        "//a.example/x.png": "remote",
        "none.png": "missing",
    }
    rows = [row("cup", **{"Image Src": "good.png"}), *({"Handle": "cup", "Image Src": s} for s in sources)]
    report = await shop.load(written(tmp_path / "in", rows))
    assert [t.key.removeprefix("importing.picture_") for t in report.troubles] == list(sources.values())
    assert (report.products, report.pictures, len(shop.files.kept)) == (1, 1, 1)


async def test_a_category_of_a_known_name_elsewhere_gets_a_place_of_its_own(shop, tmp_path):
    from jishi.goods.catalog import Categories

    rows = [
        row(str(n), **{"Product Category": way}) for n, way in enumerate(("Home > Sets", "Tea > Sets", "tea > SETS"))
    ]
    await shop.load(written(tmp_path, rows))
    tree = {c.code: c.parent for c in (await shop.doors.catalog.categories(STAFF, Categories())).rows}
    assert tree == {"home": "", "sets": "home", "tea": "", "tea-sets": "tea"}
    assert [p.category for p in await shop.products()] == ["sets", "tea-sets", "tea-sets"]
