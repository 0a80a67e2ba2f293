"""`make demo`: sets the city up, walks the main job, and leaves the city serving."""

import argparse
import sys
from contextlib import ExitStack
from pathlib import Path

from demo.city import DemoFailed, Place, place, served, working
from demo.journey import Journey
from demo.screen import Screen
from demo.witnesses import watched


def main() -> int:
    """Run the demo; 0 if every step went as it must."""
    options = _options()
    city = place(
        port=options.port,
        workers=options.workers,
        data_dir=options.data_dir,
        database_url=options.database_url,
    )
    screen = Screen()
    screen.title()
    try:
        _run(city, screen, stay=not options.exit)
    except DemoFailed as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except KeyboardInterrupt:
        return 0
    return 0


def _run(city: Place, screen: Screen, *, stay: bool) -> None:
    with ExitStack() as stack:
        with screen.step("witnesses"):
            city = stack.enter_context(watched(city))
        with screen.step("seed"):
            made = city.run_json(["gwanin", "seed"])
        screen.fact(f"{made['dids']} DIDs, {made['leaves']} leaves in {city.data_dir}")
        with screen.step("serve"):
            server = stack.enter_context(served(city))
            stack.enter_context(working(city))
        folder = city.data_dir / "demo"
        folder.mkdir(mode=0o700, exist_ok=True)
        Journey(city, screen, folder).walk()
        if stay:
            screen.addresses(_addresses(city))
            server.wait()


def _addresses(city: Place) -> dict[str, str]:
    return {
        "front-door": city.url,
        "wallet": f"{city.url}/wallet",
        "desk": f"{city.url}/desk",
        "verifier": f"{city.url}/verifier",
        "check": f"{city.url}/verify",
        "logins": str(city.data_dir / "logins.json"),
        "issuer": f"{city.url}/.well-known/openid-credential-issuer/issuers/GU-11620",
        "registry": f"{city.url}/registry",
        "type": f"{city.url}/types/SeoulResidencyCredential/v1",
        "status": f"{city.url}/status/GU-11620-1",
        "audit": f"gwanin registry audit {city.url}",
    }


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make demo", description=__doc__)
    parser.add_argument("--exit", action="store_true", help="end after the journey")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--data-dir", type=Path, default=Path("var"))
    parser.add_argument("--database-url", help="postgresql+psycopg://… instead of SQLite")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
