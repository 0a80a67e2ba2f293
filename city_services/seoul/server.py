"""The one way in which our applications are served: granian, several workers, one address."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from city_services.seoul.listening import held_address
from city_services.seoul.tell import tell


@dataclass(frozen=True, slots=True, kw_only=True)
class Listening:
    """Where a server listens, and what it tells the operator. url: where it is reached."""

    host: str
    port: int
    workers: int
    url: str
    tls_cert: Path | None = None
    tls_key: Path | None = None


def serve_until_stopped(listening: Listening) -> None:
    """Serve the application that the environment describes. Raises AddressUnavailable."""
    with held_address(listening.host, listening.port):
        server = Granian(
            "app:serve_app",
            factory=True,
            address=listening.host,
            port=listening.port,
            interface=Interfaces.ASGINL,
            workers=listening.workers,
            ssl_cert=listening.tls_cert,
            ssl_key=listening.tls_key,
            log_access=False,
            log_level=LogLevels.error,
            websockets=False,
        )
        server.on_startup(partial(tell, "serving", url=listening.url))
        server.serve()
