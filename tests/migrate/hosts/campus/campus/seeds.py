"""The first data."""

from uuid import UUID

from persistence_kit import SeederProvider, upsert_entity
from persistence_kit.repository_factory import get_repo

from campus.entities import Building


class BuildingSeeder:
    async def run(self) -> None:
        repo = get_repo("building")
        found = await repo.get_by_index("name", "Main")
        if found is None:
            await repo.add(Building(UUID(int=1), "Main", 3))
        await upsert_entity(repo, Building, "name", {"name": "Main", "floors": 4, "colour": "red"})


SeederProvider().register(BuildingSeeder())
