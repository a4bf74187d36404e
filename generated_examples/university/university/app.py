"""The FastAPI app: `uvicorn university.app:app`."""

from fastapi import FastAPI

from university.errors import install_error_handler
from university.repos.providers import lifespan
from university.routers import people, rooms, teaching

app = FastAPI(title="University", lifespan=lifespan)
install_error_handler(app)
app.include_router(rooms.router)
app.include_router(people.router)
app.include_router(teaching.router)
