"""Where the web wallet's relay may go: to the registry, and to whom the registry knows.

A browser's page can't talk to an issuer on another origin, so our server passes its messages on.
It passes them on to nobody else: an open proxy would lend our address to anybody.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from credentials.errors import Error
from did_registry.admission import is_self_describing
from did_registry.elsewhere import keys_url
from did_registry.view import RegistryView
from openid4vc.https_url import parse_endpoint
from wallet.errors import RelayRefused

_DEFAULT_PORTS: Final = {"https": 443, "http": 80}


def origin_of(url: str) -> str:
    """`scheme://host[:port]` of a URL, so that equal origins are equal texts.

    Raises Malformed or TooLarge for what is no URL of an endpoint.
    """
    parts = urlsplit(parse_endpoint(url))
    scheme, port = parts.scheme.lower(), parts.port
    named = "" if port in {None, _DEFAULT_PORTS[scheme]} else f":{port}"
    return f"{scheme}://{parts.hostname}{named}"


def check_target(url: str, view: RegistryView, now: datetime) -> None:
    """Refuse a URL that is at no origin of an issuer or verifier that the registry knows now.

    Raises RelayRefused, Malformed or TooLarge.
    """
    if origin_of(url) not in known_origins(view, now):
        raise RelayRefused("the registry knows no issuer and no verifier at this address")


def known_origins(view: RegistryView, now: datetime) -> frozenset[str]:
    """The origins of all who may issue or ask at this time."""
    return frozenset((*_issuers(view, now), *_verifiers(view, now)))


def _issuers(view: RegistryView, now: datetime) -> Iterator[str]:
    for did in view.accreditations:
        if view.accreditations_at(did, now):
            for issuer in view.credential_issuers(did):
                yield from _origin_or_none(issuer)


def _verifiers(view: RegistryView, now: datetime) -> Iterator[str]:
    """A verifier is reached where its DID is, which is the only address the registry has of it; of
    one whose DID is its own key it has none."""
    for did in view.registrations:
        if view.find_registration(did, now) is None or is_self_describing(did):
            continue
        yield from _origin_of_did(did)


def _origin_of_did(did: str) -> Iterator[str]:
    try:
        yield origin_of(keys_url(did))
    except Error:
        return  # of a method that nobody is asked for


def _origin_or_none(identifier: str) -> Iterator[str]:
    """What an agency writes into its own document may be no URL; then it can't be reached."""
    try:
        yield origin_of(identifier)
    except Error:
        return
