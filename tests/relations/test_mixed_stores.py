"""Entities in different databases: real servers, one look-up per relation, and what cannot span them."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from mixed_stores import app
from mixed_stores.repos import Repositories
from servers import mongo, postgres

from pkit.errors import InvalidCriteria, TransactionUnsupported
from pkit.settings import Database, RepoSettings
from pkit.views.loading import Loader


@pytest.fixture(params=["memory", "servers"])
async def repos(request: pytest.FixtureRequest) -> AsyncIterator[Repositories]:
    """Give the filled shop, in memory and on servers."""
    async with Repositories.memory() if request.param == "memory" else _served() as repositories:
        await app.fill(repositories)
        yield repositories


@asynccontextmanager
async def _served() -> AsyncGenerator[Repositories]:
    name = f"pkit_{uuid4().hex}"
    async with postgres.database() as url:
        settings = RepoSettings.model_validate(
            {
                "repo_database": Database.MEMORY,
                "postgres_dsn": url,
                "mongo_dsn": mongo.dsn(),
                "mongo_db": name,
                "mongo_driver": "pymongo",
            }
        )
        async with Repositories.open(settings) as repositories:
            yield repositories
        client = mongo.new_client("pymongo", mongo.dsn())
        await client.drop_database(name)
        await client.close()


async def test_the_app_shows_the_same_on_servers(repos: Repositories, capsys: pytest.CaptureFixture[str]) -> None:
    await app.show(repos)
    assert capsys.readouterr().out.splitlines()[:2] == [
        "Ada bought Engine, Punched card, Punched card",
        "Alan bought Tape",
    ]


async def test_every_kind_of_relation_between_databases(repos: Repositories) -> None:
    views: Any = repos.views
    review = await views.review.get_with(1, ["customer", "product"])
    assert review["customer"]["email"] == "ada@example.org"
    profile = await views.customer.get_with(app.ADA.id, "profile")
    assert [[p["id"] for p in order["products"]] for order in profile["orders"]] == [["engine", "card", "card"]]
    assert [r["product"]["title"] for r in profile["reviews"]] == ["Engine"]
    assert [product["id"] for product in profile["wished"]] == ["tape"]
    assert profile["cart"]["product_ids"] == ["tape", "engine"]
    fans = await views.product.list_with(["fans"], sort_by="id")
    assert [[fan["name"] for fan in row["fans"]] for row in fans] == [[], ["Alan"], ["Ada"]]
    (cart,) = await views.cart.list_with(["customer.reviews", "products.reviews"])
    assert [r["id"] for r in cart["customer"]["reviews"]] == [1]
    assert [[r["id"] for r in p["reviews"]] for p in cart["products"]] == [[2], [1, 3]]


LOOKUPS: list[tuple[str, Any, int]] = [
    ("order", ["customer"], 1),
    ("order", ["products"], 2),
    ("order", "receipt", 2),
    ("review", ["customer", "product"], 2),
    ("product", "page", 3),
    ("cart", ["customer", "products"], 3),
    ("customer", ["wished"], 3),
]
"""A view's entity, what it includes, and how many look-ups that takes: the rows between live apart from their targets in the last one."""


async def test_one_look_up_per_relation(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    find = Loader.repository

    def noting(loader: Loader, key: str) -> Any:
        asked.append(key)
        return find(loader, key)

    async with _served() as repositories:
        await app.fill(repositories)
        monkeypatch.setattr(Loader, "repository", noting)
        for key, include, count in LOOKUPS:
            asked.clear()
            assert await getattr(repositories.views, key).list_with(include)
            assert len(asked) == count, (key, include, asked)


async def test_criteria_within_a_database_only(repos: Repositories) -> None:
    orders: Any = repos.order
    assert [order.id for order in await orders.list_by_fields({"customer.name": "Ada"})] == [1]
    cheap = await repos.customer.list_by_fields({"orders": {"some": {"total": {"lt": Decimal(4)}}}})
    assert [customer.name for customer in cheap] == ["Alan"]
    products: Any = repos.product
    assert [row.id for row in await products.list_by_fields({"reviews": {"some": {"stars": 4}}})] == ["tape"]
    refused: list[dict[str, Any]] = [{"products": {"some": {}}}, {"customer.wished": {"some": {}}}]
    for wrong in refused:
        with pytest.raises(InvalidCriteria):
            await orders.list_by_fields(wrong)
    reviews: Any = repos.review
    with pytest.raises(InvalidCriteria, match=r"customer\.name"):
        await reviews.list_by_fields({"customer.name": "Ada"})
    with pytest.raises(InvalidCriteria, match="sort key"):
        await reviews.list(sort_by="customer.name")


async def test_a_transaction_cannot_span_databases() -> None:
    async with _served() as repositories:
        with pytest.raises(TransactionUnsupported, match="mongo holds product, review"):
            repositories.transaction()
    async with Repositories.memory() as repositories, repositories.transaction() as transaction:
        await transaction.product.add(app.CARD)
        assert await transaction.views.product.list_with("page")
