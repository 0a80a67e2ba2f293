"""Makes a request for presentations, within what the verifier is registered for."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from credentials.encoding import encode_base64url
from credentials.securing.mechanism import Entropy
from did_registry.errors import NotAccredited
from did_registry.scope import check_scope
from did_registry.view import RegistryView
from openid4vc.authorization_request import client_id_of_did
from openid4vc.dcql import Query
from openid4vc.request_uri import RequestLink, RequestUriMethod, build_request_link
from verifier import store
from verifier.errors import UnknownVerifier
from verifier.models import RequestRow
from verifier.presentation_session import REQUEST_LIFETIME, State
from verifier.settings import VerifierSettings

_RANDOM_BYTES: Final = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeRequest:
    """What the verifier shows: a link for a QR code; result_id is for itself."""

    result_id: str
    link: str
    request_uri: str
    client_id: str
    expires_at: datetime


def create_request(
    session: Session,
    settings: VerifierSettings,
    view: RegistryView,
    code: str,
    query: Query,
    *,
    entropy: Entropy,
    now: datetime,
) -> MadeRequest:
    """Make a request that a wallet may fetch and answer for ten minutes.

    Raises UnknownVerifier, NotAccredited for a verifier whose registration is over, or OverAsking.
    """
    row = store.find_verifier(session, code)
    if row is None:
        raise UnknownVerifier("no verifier with this code asks from here")
    registration = view.find_registration(row.did, now)
    if registration is None:
        raise NotAccredited("the verifier has no registration at present")
    check_scope(query, registration, settings.registry_url)
    request = RequestRow(
        id="r_" + encode_base64url(entropy(_RANDOM_BYTES)),
        verifier=code,
        address=encode_base64url(entropy(_RANDOM_BYTES)),
        state_value=encode_base64url(entropy(_RANDOM_BYTES)),
        nonce=encode_base64url(entropy(_RANDOM_BYTES)),
        query=query.to_json(),
        state=State.REQUESTED.value,
        created=now,
        expires_at=now + REQUEST_LIFETIME,
    )
    store.add_request(session, request)
    return made_request(settings, request, client_id_of_did(row.did))


def request_uri(settings: VerifierSettings, address: str) -> str:
    """Where a wallet fetches a request object."""
    return f"{settings.public_url}/verifier/requests/{address}"


def response_uri(settings: VerifierSettings, address: str) -> str:
    """Where a wallet posts its answer."""
    return f"{settings.public_url}/verifier/responses/{address}"


def made_request(settings: VerifierSettings, request: RequestRow, client_id: str) -> MadeRequest:
    """What the verifier shows of a request that it made."""
    uri = request_uri(settings, request.address)
    link = RequestLink(client_id=client_id, request_uri=uri, method=RequestUriMethod.GET)
    return MadeRequest(
        result_id=request.id,
        link=build_request_link(link, f"{settings.public_url}/wallet"),
        request_uri=uri,
        client_id=client_id,
        expires_at=request.expires_at,
    )
