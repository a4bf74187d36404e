"""uvicorn with several workers: `python -m load.serve PORT WORKERS`.

Its own command makes the socket such that asyncio does not switch Nagle's algorithm off, which costs 40 ms a request on loopback.
"""

from __future__ import annotations

import socket
import sys

from uvicorn import Config
from uvicorn.supervisors import Multiprocess

PATIENCE = 60
"""Seconds after which a worker counts as hung and is ended: the few of the default are over on a machine that is busy with other things."""


def main(port: int, workers: int) -> None:
    """Serve the app until the process is told to end."""
    config = Config("load.app:app", workers=workers, log_level="warning", timeout_worker_healthcheck=PATIENCE)
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", port))
        Multiprocess(config, sockets=[listener]).run()


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
