"""The app."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from persistence_kit import RepoSettings, SeederProvider, build_api_router, run_startup_bootstrap

import campus.bootstrap
import campus.seeds  # noqa: F401

logger = logging.getLogger(__name__)


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    await run_startup_bootstrap(RepoSettings(), logger, SeederProvider().run_all)
    yield


app = FastAPI(lifespan=lifespan)
app.include_router(build_api_router("campus.routes"))
