"""Quotes, orders and payments for programs."""

from typing import Any

handlers: list[Any] = []
