"""What the shop is about."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID


@dataclass
class Customer:
    """Somebody who buys."""

    id: UUID
    email: str
    name: str
    password_hash: str = ""


@dataclass
class Order:
    """What a customer has bought at once."""

    id: int
    customer_id: UUID
    product_ids: list[str]
    total: Decimal
    placed_at: datetime


@dataclass
class Wish:
    """That a customer would like a product."""

    id: int
    customer_id: UUID
    product_id: str


@dataclass
class Product:
    """What can be bought; each kind has attributes of its own."""

    id: str
    title: str
    price: Decimal
    attributes: dict[str, Any] = field(default_factory=dict[str, Any])


@dataclass
class Review:
    """What a customer thinks of a product."""

    id: int
    product_id: str
    customer_id: UUID
    stars: int
    text: str = ""


@dataclass
class Cart:
    """What a customer is about to buy; it need not survive."""

    id: UUID
    customer_id: UUID
    product_ids: list[str] = field(default_factory=list[str])
