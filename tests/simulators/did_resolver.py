"""A registry with a DID that has changed and one that has ended, and whoever asks its resolver."""

import json
from typing import Any
from urllib.parse import quote

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from did_registry.webvh.did import Did
from storage.transaction import Database
from tests.simulators.registry import SimulatedRegistry


class ResolverWorld:
    """An agency with two versions, a day apart, and one that has ended."""

    def __init__(self, database: Database, port: int | None = None) -> None:
        self.registry = SimulatedRegistry(database, port=port)
        self.agency = self.registry.create("GU-11620")
        self.ended = self.registry.create("SEL-YOUTH")
        self.registry.clock.advance(days=1)
        self.registry.rotate(self.agency)
        self.registry.deactivate(self.ended)
        self.http: FlaskClient = self.registry.http()

    def resolve(self, did: Did | str, accept: str | None = None, **options: str) -> TestResponse:
        """One request to the resolver, with the DID percent-encoded as a whole."""
        headers = {} if accept is None else {"Accept": accept}
        path = f"/1.0/identifiers/{quote(str(did), safe='')}"
        return self.http.get(path, headers=headers, query_string=options)


def read_body_of(answer: TestResponse) -> Any:
    """The answer as JSON, whatever it calls itself."""
    return json.loads(answer.data)
