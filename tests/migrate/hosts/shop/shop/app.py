"""The app, in one module."""

import logging
from contextlib import asynccontextmanager
from dataclasses import asdict
from typing import Any, Mapping, Optional
from uuid import UUID

import persistence_kit as pk
from fastapi import Depends, FastAPI
from persistence_kit.contracts import Repository, ViewRepository
from persistence_kit.repository_factory import get_repo, get_repo_view, provide_repo, provide_view_repo

from shop import registry  # noqa: F401
from shop.entities import Customer, Order, Product


class OrderService:
    customers: Repository[Customer, UUID]

    def __init__(self) -> None:
        self.customers = get_repo("customer")
        self.orders: Repository[Order, UUID] = get_repo("order")
        self.views: Optional[ViewRepository[Order, UUID]] = get_repo_view("order")

    @pk.handle_service_errors
    async def place(self, body: Mapping[str, Any]) -> str:
        customer = await self.customers.get_by_index(index="email", value=body["email"])
        if customer is None:
            raise pk.BusinessRuleException("only customers order")
        product = await get_repo("product").get_by_index("sku", body.get("sku", ""))
        order = Order(
            id=UUID(body["id"]),
            customer_id=customer.id,
            product_id=product.id if product else None,
            placed_at=body["placed_at"],
            note=body.get("note"),
        )
        await self.orders.add(entity=order)
        return customer.name


async def seed() -> None:
    products = get_repo("product")
    if await products.count() == 0:
        await products.add(Product(UUID(int=101), "pen", 1.0, 0))
        await products.add(Product(UUID(int=102), "ink", 1.0, 0))
    for number, sku in enumerate(("pen", "ink", "pad"), 1):
        await pk.upsert_entity(get_repo("product"), Product, "sku", {"sku": sku, "price": number + 0.5, "stock": 10 * number})


@asynccontextmanager
async def lifespan(app: FastAPI):
    pk.SeederProvider().register(seed)
    await pk.run_startup_bootstrap(pk.RepoSettings(), logging.getLogger("shop"), pk.SeederProvider().run_all)
    yield


app = FastAPI(lifespan=lifespan)


@app.post("/customers", status_code=201)
async def add_customer(body: dict, repo: Repository[Customer, UUID] = Depends(provide_repo("customer"))) -> dict:
    customer = Customer(UUID(body["id"]), body["email"], body["name"], body["created_at"])
    await repo.add(customer)
    return asdict(await repo.get(customer.id))


@app.get("/customers")
async def customers(
    since: str, repo: Repository[Customer, UUID] = Depends(provide_repo("customer"))
) -> list[dict]:
    found = await repo.list_by_fields(
        criteria={"created_at": {"gte": since}, "active": True},  # texts compare as times do
        sort_by="created_at",
        sort_desc=True,
        limit=None,
    )
    return [asdict(customer) for customer in found]


@app.post("/orders")
async def place(body: dict) -> str:
    return await OrderService().place(body)


@app.get("/orders")
async def orders(
    name: str, views: ViewRepository[Order, UUID] = Depends(provide_view_repo("order"))
) -> list[dict]:
    return await views.list_by_fields(
        {"customer.name": {"istartswith": name}}, include=["customer", "product"], sort_by="placed_at"
    )


@app.get("/orders/cheap")
async def cheap() -> list[dict]:
    """Orders of products below 3."""
    views = get_repo_view("order")
    return await views.list_by_fields({"product.price": {"lt": 3}}, include=["product"], sort_by="product.price")


@app.get("/skus")
async def skus() -> list[str]:
    return sorted(await get_repo("product").distinct_values(field="sku", criteria={"stock": {"between": [10, 20]}}))


@app.get("/customers/{customer_id}")
async def customer_with_orders(customer_id: UUID) -> Optional[dict]:
    found = await get_repo_view("customer").get_with(customer_id, ["orders"])
    if found is not None:
        found["orders"].sort(key=lambda order: order["placed_at"])
    return found
