"""A client of one of our applications, at its public address.

client = stranger(app, "https://gwanin.example")
client.get("/log/checkpoint")
client.get("/log/checkpoint", base_url="https://elsewhere.example")     # under another name
"""

from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse


class Stranger(FlaskClient):
    """Flask's own client, which asks `http://localhost` unless it is told otherwise."""

    def __init__(self, *args: Any, url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._url = url

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """One request; a path is looked up at the public address."""
        if args and isinstance(args[0], str) and args[0].startswith("/"):
            kwargs.setdefault("base_url", self._url)
        return super().open(*args, **kwargs)


def stranger(app: Flask, url: str) -> FlaskClient:
    """A new client, without cookies yet."""
    app.test_client_class = Stranger
    return app.test_client(url=url)
