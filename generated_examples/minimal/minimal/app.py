"""Adds a few users and lists the grown-up ones: `python -m minimal.app`."""

import asyncio
from uuid import UUID

from pkit.errors import UniqueViolation

from minimal.entities import User
from minimal.repos import Repositories

ADA = User(UUID(int=1), "ada@example.org", 36)
ALAN = User(UUID(int=2), "alan@example.org", 41)
BLAISE = User(UUID(int=3), "blaise@example.org", 16)


async def main() -> None:
    """Use the repository of users in the database that the environment names."""
    async with Repositories.open() as repos:
        users = repos.user
        await users.add_many([ADA, ALAN, BLAISE])
        try:
            await users.add(User(UUID(int=4), "ada@example.org", 20))
        except UniqueViolation as error:
            print(error)
        for user in await users.list_by_fields({"age": {"gte": 18}}, sort_by="-age"):
            print(user.email, user.age)
        print(await users.get_by_email("blaise@example.org"))


if __name__ == "__main__":
    asyncio.run(main())
