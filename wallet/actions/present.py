"""Answers a verifier's request: OpenID4VP 1.0, from the wallet's side, in two halves.

prepare: who asks, may they, what would be shown      (the person decides in between)
send: the presentations, or that nothing is sent
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from credentials.encoding import encode_base64url
from credentials.errors import Error
from credentials.issuance_proof import IssuanceProof
from credentials.model import Serialized
from credentials.securing.mechanism import BindingRequest, Entropy
from did_registry.accreditation import VerifierRegistration
from did_registry.actions.connect import Connection
from did_registry.document import Purpose
from did_registry.errors import DidUnavailable
from did_registry.scope import check_scope
from openid4vc.authorization_request import (
    AuthorizationRequest,
    peek_key_id,
    verifier_did,
    verify_request_object,
)
from openid4vc.authorization_response import (
    AuthorizationErrorResponse,
    AuthorizationResponse,
    parse_response_answer,
)
from openid4vc.errors import OAuthCode
from openid4vc.request_uri import RequestLink, RequestUriMethod, parse_request_link
from wallet.actions.exchange import post_form, refusal
from wallet.errors import CounterpartRefused, VerifierNotTrusted
from wallet.matching import Card, Selection, select_cards
from web.outbound import Outbound

REQUEST_OBJECT_TYPE: Final = "application/oauth-authz-req+jwt"
MAX_REQUEST_BYTES: Final = 256 * 1024

# How a verifier says that a request is not open; the protocol has no word for why.
_GONE: Final = frozenset({400, 404, 409, 410})
_NONCE_BYTES: Final = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A request that may be answered, and what the answer would be."""

    request: AuthorizationRequest
    registration: VerifierRegistration
    selections: tuple[Selection, ...]


def prepare(
    link: str, cards: Iterable[Card], connection: Connection, *, entropy: Entropy, now: datetime
) -> Prepared:
    """Fetch and verify a request, and find what would answer it; nothing is sent.

    Raises VerifierNotTrusted, OverAsking, NothingToShow, DidUnavailable while the host of an
    admitted verifier's DID is away, or what the messages' parsers raise.
    """
    found = parse_request_link(link)
    request = _fetch_request(found, connection, entropy, now)
    did = verifier_did(found.client_id)
    registration = connection.follower.view(now).find_registration(did, now)
    if registration is None:
        raise VerifierNotTrusted("whoever asks is not registered as a verifier")
    check_scope(request.query, registration, connection.anchor.registry_url)
    return Prepared(
        request=request,
        registration=registration,
        selections=select_cards(request.query, cards, connection.anchor.registry_url, now),
    )


def send(prepared: Prepared, connection: Connection, *, now: datetime) -> str | None:
    """Show what was agreed to; returns where the verifier sends the person next, if anywhere.

    Raises CounterpartRefused, FetchFailed and the like.
    """
    request = prepared.request
    shown: dict[str, tuple[Serialized, ...]] = {
        selection.query_id: (_present(selection, request, now),)
        for selection in prepared.selections
    }
    response = AuthorizationResponse(
        vp_token=shown, state=request.state, issuance_proofs=_proofs(prepared.selections)
    )
    answer = post_form(connection.outbound, request.response_uri, response.to_form())
    return parse_response_answer(answer).redirect_uri


def _proofs(selections: Iterable[Selection]) -> tuple[IssuanceProof, ...]:
    """Since when the shown credentials exist, as far as we hold a proof of it."""
    held = {selection.card.held.number: selection.card.held for selection in selections}
    proofs = (item.issuance_proof for item in held.values())
    return tuple(proof for proof in proofs if proof is not None)


def decline(prepared: Prepared, connection: Connection) -> None:
    """Tell the verifier that nothing is sent, and no more than that."""
    refusal = AuthorizationErrorResponse(
        error=OAuthCode.ACCESS_DENIED.value, description=None, state=prepared.request.state
    )
    post_form(connection.outbound, prepared.request.response_uri, refusal.to_form())


def _fetch_request(
    link: RequestLink, connection: Connection, entropy: Entropy, now: datetime
) -> AuthorizationRequest:
    nonce = (
        encode_base64url(entropy(_NONCE_BYTES)) if link.method is RequestUriMethod.POST else None
    )
    signed = _fetch_signed(link, nonce, connection.outbound)
    key_id = peek_key_id(signed, client_id=link.client_id)
    try:
        did = verifier_did(link.client_id)
        view = connection.elsewhere.know(connection.follower.view(now), did, key_id, now)
        found = view.key_at(key_id, Purpose.AUTHENTICATION, now)
    except DidUnavailable:
        raise  # whoever asks may be registered: its own host did not say, and may be asked again
    except Error as error:
        raise VerifierNotTrusted("the registry does not know the key of whoever asks") from error
    return verify_request_object(
        signed, found.key, client_id=link.client_id, wallet_nonce=nonce, now=now
    )


def _fetch_signed(link: RequestLink, nonce: str | None, outbound: Outbound) -> str:
    if nonce is None:
        fetched = outbound.get(
            link.request_uri, accept=(REQUEST_OBJECT_TYPE,), max_bytes=MAX_REQUEST_BYTES
        )
    else:
        fetched = outbound.post_form(
            link.request_uri,
            {"wallet_nonce": nonce},
            accept=(REQUEST_OBJECT_TYPE,),
            max_bytes=MAX_REQUEST_BYTES,
        )
    if fetched.status in _GONE:
        raise CounterpartRefused(
            f"the verifier answered {fetched.status} instead of its request", reason="request-over"
        )
    if fetched.status != 200:
        raise refusal(fetched)
    return fetched.body.decode("ascii", "replace")


def _present(selection: Selection, request: AuthorizationRequest, now: datetime) -> Serialized:
    card = selection.card
    return card.mechanism.present(
        card.held.serialized,
        disclose=selection.disclose,
        holder=card.held.holder(),
        request=BindingRequest(audience=request.client_id, nonce=request.nonce, now=now),
    )
