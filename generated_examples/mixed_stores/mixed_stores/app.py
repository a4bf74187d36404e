"""Sells a few things and shows who bought them: `python -m mixed_stores.app`."""

import asyncio
import os
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

from mixed_stores.entities import Cart, Customer, Order, Product, Review, Wish
from mixed_stores.repos import Repositories

ADA = Customer(UUID(int=1), "ada@example.org", "Ada")
ALAN = Customer(UUID(int=2), "alan@example.org", "Alan")
ENGINE = Product("engine", "Engine", Decimal("900.00"), {"wheels": 4, "steam": True})
TAPE = Product("tape", "Tape", Decimal("3.50"), {"length": {"m": 100}})
CARD = Product("card", "Punched card", Decimal("0.10"))
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def opened() -> AbstractAsyncContextManager[Repositories]:
    """Open the databases that the environment names, else everything in memory."""
    if "POSTGRES_DSN" in os.environ:
        return Repositories.open()
    return Repositories.memory()


async def fill(repos: Repositories) -> None:
    """Store customers, products and what they have to do with each other."""
    await repos.customer.add_many([ADA, ALAN])
    await repos.product.add_many([ENGINE, TAPE, CARD])
    await repos.order.add_many(
        [
            Order(1, ADA.id, ["engine", "card", "card"], Decimal("900.20"), NOON),
            Order(2, ALAN.id, ["tape"], Decimal("3.50"), NOON),
        ]
    )
    await repos.wish.add_many([Wish(1, ADA.id, "tape"), Wish(2, ALAN.id, "engine")])
    await repos.review.add_many(
        [
            Review(1, "engine", ADA.id, 5, "Weaves algebra."),
            Review(2, "tape", ALAN.id, 4),
            Review(3, "engine", ALAN.id, 3),
        ]
    )
    await repos.cart.add(Cart(UUID(int=9), ADA.id, ["tape", "engine"]))


async def show(repos: Repositories) -> None:
    """Print views, each of which takes its rows from several databases."""
    orders = repos.views.order
    for order in await orders.list_with("receipt", sort_by="customer.name"):
        customer = order["customer"]
        titles = [product["title"] for product in order["products"]]
        print(customer["name"] if customer else "nobody", "bought", ", ".join(titles))
    profile = await repos.views.customer.get_with(ADA.id, "profile")
    if profile is not None:
        print("wished:", [product["title"] for product in profile["wished"]])
        print("password_hash" in profile, profile["cart"] is not None)
    for page in await repos.views.product.list_with("page", sort_by="title"):
        for review in page["reviews"]:
            name = review["customer"]["name"] if review["customer"] else "somebody"
            print(f"{page['title']}: {review['stars']} stars from {name}")


async def main() -> None:
    """Fill the shop and show it."""
    async with opened() as repos:
        await fill(repos)
        await show(repos)


if __name__ == "__main__":
    asyncio.run(main())
