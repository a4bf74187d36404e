"""The entities; times are texts in ISO 8601."""

from dataclasses import dataclass
from typing import Optional
from uuid import UUID


@dataclass
class Customer:
    id: UUID
    email: str
    name: str
    created_at: str
    active: bool = True


@dataclass
class Product:
    id: UUID
    sku: str
    price: float
    stock: int


@dataclass
class Order:
    id: UUID
    customer_id: UUID
    product_id: Optional[UUID]
    placed_at: str
    note: Optional[str] = None
