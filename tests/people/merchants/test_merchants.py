"""Merchants are put once a handle; their parties are themselves unless told; a tax id is for the house and its owner."""

import asyncio

import pytest

from jishi.kernel import Forbidden, Invalid
from jishi.people.merchants import Merchant, MerchantsQuery, NoMerchant, PutMerchant
from tests.kit import STAFF, buyer, clerk
from tests.people.kit import People, rows_of

TEA = PutMerchant("hill-tea", {"zh-CN": "山间茶事 ", "en": "Hill Tea"}, "CN", "CNY", "91330100MA2XXXXX0K")
PARTIES = ("seller", "merchant_of_record", "tax_liable", "invoice_issuer", "payee")


async def test_a_merchant_is_its_own_parties_unless_told(people: People) -> None:
    tea = await people.merchants.put(STAFF, TEA)
    names = {"zh-CN": "山间茶事", "en": "Hill Tea"}
    own = dict.fromkeys(PARTIES, f"merchant:{tea.id}")
    assert tea == Merchant(tea.id, "hill-tea", names, "CN", "CNY", TEA.tax_id, own, "active")
    told = {"tax_liable": "platform", "payee": f"merchant:{tea.id}"}
    lamp = await people.merchants.put(STAFF, PutMerchant("lamp", {"en": "Lamp"}, "DE", "EUR", parties=told))
    assert lamp.parties == dict.fromkeys(PARTIES, f"merchant:{lamp.id}") | told
    found = await people.merchants.merchants(STAFF, MerchantsQuery([lamp.id, tea.id, 5]))
    assert found.rows == [tea, lamp]


async def test_the_same_handle_changes_the_same_merchant(people: People) -> None:
    tea = await people.merchants.put(STAFF, TEA)
    paused = PutMerchant("hill-tea", {"en": "Hill Tea House"}, "CN", "CNY", status="paused")
    changed = await people.merchants.put(STAFF, paused)
    assert changed == Merchant(tea.id, "hill-tea", {"en": "Hill Tea House"}, "CN", "CNY", "", tea.parties, "paused")
    assert (await people.merchants.merchants(STAFF, MerchantsQuery(handles=["hill-tea", "none"]))).rows == [changed]


async def test_one_handle_put_by_many_at_once_is_one_merchant(people: People) -> None:
    put = await asyncio.gather(*[people.merchants.put(STAFF, TEA) for _ in range(6)])
    assert len({m.id for m in put}) == 1
    assert len((await people.merchants.merchants(STAFF, MerchantsQuery())).rows) == 1


async def test_a_tax_id_is_for_the_house_and_the_merchants_own_clerks(people: People) -> None:
    tea = await people.merchants.put(STAFF, TEA)
    gone = await people.merchants.put(STAFF, PutMerchant("gone", {"en": "Gone"}, "US", "USD", "12-3", status="closed"))
    everybody = MerchantsQuery([tea.id, gone.id])
    for ctx, tax_ids in (
        (STAFF, [TEA.tax_id, "12-3"]),
        (buyer(7), ["", ""]),
        (buyer(7, "guest"), ["", ""]),
        (clerk(gone.id), ["", "12-3"]),
        (buyer(7).acting("trade.checkout"), [TEA.tax_id, "12-3"]),
    ):
        assert [m.tax_id for m in (await people.merchants.merchants(ctx, everybody)).rows] == tax_ids
    assert [m.handle for m in (await people.merchants.merchants(buyer(7), MerchantsQuery())).rows] == ["hill-tea"]
    assert [m.handle for m in (await people.merchants.merchants(STAFF, MerchantsQuery())).rows] == ["hill-tea", "gone"]
    assert [m.id for m in (await people.merchants.merchants(STAFF, MerchantsQuery(after=tea.id, limit=1)))
            .rows] == [gone.id]  # fmt: skip


@pytest.mark.parametrize(
    ("wrong", "errors"),
    [
        (PutMerchant("Hill Tea", {}, "XX", "YYY", "x" * 65, {"king": "platform", "payee": "me"}, "away"),
         ["handle", "names", "country", "currency", "tax_id", "status", "parties", "parties.payee"]),
        (PutMerchant("platform", {"en": "x" * 101, "english": "x", "zh-CN": " "}, "CN", "cny"), ["handle", "names.en", "names", "names.zh-CN", "currency"]),
        (PutMerchant("-a", {"en": "A"}, "cn", "CNY"), ["handle", "country"]),
    ],
)  # fmt: skip
async def test_wrong_fields_are_named_at_once_and_nothing_is_written(
    people: People, wrong: PutMerchant, errors: list[str]
) -> None:
    with pytest.raises(Invalid) as refused:
        await people.merchants.put(STAFF, wrong)
    assert [e.field for e in refused.value.body.errors] == errors
    assert not any((await rows_of(people.engine, "people.merchants")).values())


async def test_who_may_not_put_a_merchant_puts_none_and_a_party_must_be_there(people: People) -> None:
    for ctx in (buyer(7), clerk(5)):
        with pytest.raises(Forbidden):
            await people.merchants.put(ctx, TEA)
    with pytest.raises(NoMerchant) as refused:
        await people.merchants.put(
            STAFF, PutMerchant("tea", {"en": "T"}, "CN", "CNY", parties={"payee": "merchant:77"})
        )
    assert refused.value.body == type(refused.value.body)(77)
    with pytest.raises(Invalid):
        await people.merchants.merchants(STAFF, MerchantsQuery(list(range(1, 102))))
    assert not any((await rows_of(people.engine, "people.merchants")).values())
