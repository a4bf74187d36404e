"""A small host app and its generated package, written to a folder."""

from __future__ import annotations

from pathlib import Path

from pkit_gen.backends import container, contracts, fastapi, memory, views
from pkit_gen.config import Config
from pkit_gen.ir.model import Database, Entity, Field, ForwardRelation, Schema, UniqueIndex
from pkit_gen.ir.types import OptionalType, Scalar, ScalarType
from pkit_gen.source import ClassRef, Place, SourceFile
from pkit_gen.templating import render

PLACE = Place.at(SourceFile(Path("entities.py"), "entities", ""))
UUID, TEXT = ScalarType(Scalar.UUID), ScalarType(Scalar.TEXT)

ENTITIES = """
from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID


@dataclass
class Org:
    id: UUID
    name: str


@dataclass
class User:
    id: UUID
    email: str
    org_id: UUID | None = None
"""

APP = """
from typing import Annotated
from uuid import UUID

from fastapi import Depends, FastAPI, HTTPException

from host.entities import Org, User
from host.repos import OrgRepository, provide_repo
from host.repos.providers import TransactionDep, UserRepositoryDep, lifespan

LAB = UUID(int=1)
app = FastAPI(lifespan=lifespan)


@app.get("/users")
async def users(repository: UserRepositoryDep) -> int:
    return await repository.count()


@app.get("/orgs")
async def orgs(repository: Annotated[OrgRepository, Depends(provide_repo("org"))]) -> int:
    return await repository.count()


@app.post("/users")
async def add(email: str, transaction: TransactionDep) -> None:
    await transaction.org.add(Org(LAB, "lab"))
    await transaction.user.add(User(UUID(int=2), email, LAB))
    if "@" not in email:
        raise HTTPException(422, "not an address")
"""


def schema(package: str, *, org_in: Database | None = None) -> Schema:
    """Return the schema of users and their orgs; `org_in` pins orgs to a database."""
    org = Entity(
        key="org",
        name="Org",
        module="org",
        ref=ClassRef(f"{package}.entities", "Org"),
        collection="orgs",
        database=org_in,
        fields=(_field("id", UUID), _field("name", TEXT)),
        excluded=(),
        unique=(),
        relations=(),
        views=(),
        constructor=True,
        docstring=None,
        place=PLACE,
    )
    user = Entity(
        key="user",
        name="User",
        module="user",
        ref=ClassRef(f"{package}.entities", "User"),
        collection="users",
        database=None,
        fields=(_field("id", UUID), _field("email", TEXT), _field("org_id", OptionalType(UUID))),
        excluded=(),
        unique=(UniqueIndex("email", ("email",), False, "email", PLACE),),
        relations=(ForwardRelation("org", "org", "org_id", "id", True, org_in is None, PLACE),),
        views=(),
        constructor=True,
        docstring=None,
        place=PLACE,
    )
    return Schema((org, user), (f"{package}.entities",), 2)


def _field(name: str, type_: ScalarType | OptionalType) -> Field:
    return Field(name, type_, isinstance(type_, OptionalType), True, False, PLACE)


def write(root: Path, package: str, described: Schema, *backends: Database, providers: bool = True) -> None:
    """Write the host app `package` and its generated package `package.repos` to the folder `root`."""
    (root / package).mkdir()
    (root / package / "__init__.py").touch()
    (root / package / "entities.py").write_text(ENTITIES, encoding="utf-8")
    config = Config((), root / package / "repos", (root,), backends or (Database.MEMORY,), providers=providers)
    parts = [
        contracts.BACKEND,
        views.BACKEND,
        container.BACKEND,
        memory.BACKEND,
        *([fastapi.BACKEND] if providers else []),
    ]
    for emit in (emit for part in parts for emit in part.emit(described, config)):
        path = config.output / emit.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(render(emit.template, emit.view()), encoding="utf-8")
