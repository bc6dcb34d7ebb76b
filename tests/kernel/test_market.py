"""Markets are data."""

import msgspec
import pytest

from jishi.kernel.market import market_of, markets, read_markets

ROW = '[CN]\ncurrency="CNY"\ntax_included=true\nzone="Asia/Shanghai"\nlocales=["zh-CN"]\nreceipt_days=10\nreceipt_from="dispatch"\nserves=["CN"]\n'


def test_the_three_markets_we_ship() -> None:
    found = markets()
    assert {c: (m.currency, m.tax_included, m.receipt_days, m.receipt_from) for c, m in found.items()} == {
        "CN": ("CNY", True, 10, "dispatch"),
        "US": ("USD", False, 14, "delivery"),
        "DE": ("EUR", True, 14, "delivery"),
    }
    assert found["CN"].receipt_ms == 864_000_000
    assert found["DE"].tz.key == "Europe/Berlin"


def test_a_country_finds_its_market_or_none() -> None:
    assert [getattr(market_of(c, markets()), "code", None) for c in ("CN", "US", "FR", "BR")] == [
        "CN",
        "US",
        "DE",
        None,
    ]


def test_a_table_that_is_wrong_does_not_start_a_shop() -> None:
    assert read_markets(ROW)["CN"].locales == ["zh-CN"]
    for wrong in (
        ROW.replace("Asia/Shanghai", "Mars/Base"),
        ROW.replace('"dispatch"', '"whim"'),
        ROW.replace('serves=["CN"]', "serves=[]"),
    ):
        with pytest.raises((ValueError, KeyError)):
            read_markets(wrong)
    with pytest.raises(msgspec.ValidationError):
        read_markets(ROW + "surprise=1\n")
