"""Send requests to an app in this process, during its lifespan, and print what it answers: `exercise.py MODULE REQUESTS`.

It runs on either library, so it imports neither.
"""

import asyncio
import json
import sys
from importlib import import_module
from pathlib import Path

import httpx


async def main(module: str, requests: Path) -> list[tuple[int, object]]:
    app = import_module(module).app
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with app.router.lifespan_context(app), httpx.AsyncClient(transport=transport, base_url="http://test") as http:
        answers = [
            await http.request(method, path, json=body) for method, path, body in json.loads(requests.read_text())
        ]
    return [(answer.status_code, body(answer)) for answer in answers]


def body(answer: httpx.Response) -> object:
    if not answer.content:
        return None
    return answer.json() if answer.headers["content-type"] == "application/json" else answer.text


print(json.dumps(asyncio.run(main(sys.argv[1], Path(sys.argv[2])))))
