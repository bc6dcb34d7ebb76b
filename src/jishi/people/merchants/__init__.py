"""Merchants as parties: who sells, who is paid, who is liable for the tax."""

from .face import Merchant, MerchantList, Merchants, MerchantsQuery, NoMerchant, PutMerchant

__all__ = ["Merchant", "MerchantList", "Merchants", "MerchantsQuery", "NoMerchant", "PutMerchant"]
