"""What merchants ask for freight."""

from typing import Any

from sqlalchemy import bindparam, delete, select, update

from jishi.kernel import Module, Statement
from jishi.kernel.columns import amount, at, code, count, key, ref

module = Module("goods.shipping")
tariffs = module.table("tariffs", key("merchant_id"), at("put_at"))  # locked by who replaces the merchant's rates
rates = module.table(
    "rates",
    key(),
    ref("merchant_id", index=True),
    code("service"),
    code("currency", 3),
    code("country", 2),  # "*" = anywhere
    code("province", 64),
    ref("warehouse_id"),
    count("first_g"),
    amount("first_minor"),
    count("more_g"),
    amount("more_minor"),
    amount("free_from_minor"),
    count("days_min"),
    count("days_max"),
)

MERCHANT: Any = bindparam("merchant")
DRAFT = [c for c in rates.c if c.name not in ("id", "merchant_id")]
TARIFF = Statement(tariffs.insert(), "merchant_id", "put_at")
LOCK = Statement(update(tariffs).where(tariffs.c.merchant_id == MERCHANT).values(put_at=bindparam("now")))
ADD = Statement(rates.insert(), *[c.name for c in rates.c])
DROP = Statement(delete(rates).where(rates.c.merchant_id == MERCHANT))
RATES_OF = Statement(select(*DRAFT).where(rates.c.merchant_id == MERCHANT).order_by(rates.c.id))
RATES = Statement(
    select(rates.c.merchant_id, *DRAFT)
    .where(
        rates.c.merchant_id.in_(bindparam("merchants", expanding=True)),
        rates.c.currency == bindparam("money"),
        rates.c.country.in_(bindparam("countries", expanding=True)),
    )
    .order_by(rates.c.merchant_id, rates.c.id)
)
