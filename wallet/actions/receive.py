"""Receives what an offer stands for: OpenID4VCI 1.0 from the wallet's side."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeAlias

from credentials.did_key import did_key_method, encode_did_key
from credentials.errors import Error, Unsupported
from credentials.jcs import canonicalize
from credentials.keys import KeyType, Signer, is_secret, signer_from_secret
from credentials.model import Serialized
from credentials.securing import mechanism_for_format
from credentials.securing.mechanism import Entropy, Mechanism
from did_registry.actions.connect import Connection
from did_registry.elsewhere import keys_url
from did_registry.view import RegistryView
from openid4vc.access_token import TokenRequest, parse_token_response
from openid4vc.credential_configuration import CredentialConfiguration
from openid4vc.credential_request import CredentialRequest, parse_credential_response
from openid4vc.key_proof import BindingMethod, build_key_proof
from openid4vc.metadata import IssuerMetadata, issuer_metadata_url, parse_issuer_metadata
from openid4vc.nonce import parse_nonce_response
from openid4vc.offer import (
    CredentialOffer,
    OfferReference,
    PreAuthorizedGrant,
    parse_offer,
    parse_offer_link,
)
from openid4vc.server_metadata import parse_server_metadata, server_metadata_url
from wallet.acceptance import Accepted, accept, find_issuer_did
from wallet.actions.exchange import get_json, post_form, post_json
from wallet.errors import NotAsOffered
from wallet.relay_targets import origin_of

_SECRET_BYTES: Final = 32

# Asks the person for the transaction code that came another way; given how long it is.
AskTxCode: TypeAlias = Callable[[int | None], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """A credential that was checked and may be kept, with the secret of its own key."""

    accepted: Accepted
    key_type: KeyType
    key_secret: bytes


def receive(
    link: str, connection: Connection, *, ask_tx_code: AskTxCode, entropy: Entropy, now: datetime
) -> Received:
    """Fetch the credential of an offer link, with a key made for it alone, and check it.

    Nothing is sent to an issuer that the registry does not know. Raises IssuerNotTrusted,
    DidUnavailable while the host of an admitted issuer's DID is away, NotAsOffered,
    CounterpartRefused, Unsupported, or what the messages' parsers raise.
    """
    offer, grant = _offer(link, connection)
    view = _knowing_issuers(offer.credential_issuer, connection, now)
    issuer_did = find_issuer_did(view, offer.credential_issuer, now)
    metadata = parse_issuer_metadata(
        get_json(connection.outbound, issuer_metadata_url(offer.credential_issuer)),
        credential_issuer=offer.credential_issuer,
    )
    configuration_id = offer.configuration_ids[0]
    configuration = metadata.get_configuration(configuration_id)
    mechanism = mechanism_for_format(configuration.format)
    key_type, secret = _new_key(configuration, mechanism, entropy)
    holder = signer_from_secret(key_type, secret)
    token = _token(grant, metadata, connection, ask_tx_code)
    request = CredentialRequest(
        configuration_id=configuration_id,
        identifier=None,
        proofs=_key_proofs(configuration, metadata, holder, connection, now),
    )
    accepted = accept(
        _issued(request, metadata, connection, token),
        issuer_did=issuer_did,
        offered=configuration,
        holder=holder.public_key,
        view=view,
        registry_url=connection.anchor.registry_url,
        now=now,
    )
    return Received(accepted=accepted, key_type=key_type, key_secret=secret)


def _offer(link: str, connection: Connection) -> tuple[CredentialOffer, PreAuthorizedGrant]:
    found = parse_offer_link(link)
    if isinstance(found, OfferReference):
        found = parse_offer(get_json(connection.outbound, found.uri))
    if found.pre_authorized is None or len(found.configuration_ids) != 1:
        raise Unsupported("only offers of one credential with a pre-authorized code are taken")
    return found, found.pre_authorized


def _knowing_issuers(credential_issuer: str, connection: Connection, now: datetime) -> RegistryView:
    """The registry, with the keys of every admitted issuer whose DID stands at this very origin.

    Nobody else is asked, so that an offer makes us ask its own host and no other.
    """
    view, origin = connection.follower.view(now), origin_of(credential_issuer)
    for did in view.accreditations:
        may_issue = view.stands_elsewhere(did) and view.accreditations_at(did, now)
        if may_issue and _origin_of_did(did) == origin:
            view = connection.elsewhere.know(view, did, "", now)
    return view


def _origin_of_did(did: str) -> str | None:
    try:
        return origin_of(keys_url(did))
    except Error:
        return None  # of a method that nobody is asked for


def _new_key(
    configuration: CredentialConfiguration, mechanism: Mechanism, entropy: Entropy
) -> tuple[KeyType, bytes]:
    """A fresh secret, for the first key type that the issuer takes proofs of."""
    taken = [
        key_type
        for key_type in mechanism.holder_key_types
        if not configuration.proof_algorithms or key_type in configuration.proof_algorithms
    ]
    if not taken:
        raise Unsupported("the issuer takes no kind of key that this wallet can make")
    secret = entropy(_SECRET_BYTES)
    while not is_secret(taken[0], secret):
        secret = entropy(_SECRET_BYTES)
    return taken[0], secret


def _token(
    grant: PreAuthorizedGrant,
    metadata: IssuerMetadata,
    connection: Connection,
    ask_tx_code: AskTxCode,
) -> str:
    server = metadata.authorization_server(grant.authorization_server)
    described = parse_server_metadata(
        get_json(connection.outbound, server_metadata_url(server)), issuer=server
    )
    tx_code = None if grant.tx_code is None else ask_tx_code(grant.tx_code.length)
    request = TokenRequest(code=grant.code, tx_code=tx_code, client_id=None)
    answer = post_form(connection.outbound, described.token_endpoint, request.to_form())
    return parse_token_response(answer).access_token


def _key_proofs(
    configuration: CredentialConfiguration,
    metadata: IssuerMetadata,
    holder: Signer,
    connection: Connection,
    now: datetime,
) -> tuple[str, ...]:
    if not configuration.binding_methods:
        return ()
    if metadata.nonce_endpoint is None:
        raise Unsupported("the issuer has no nonce endpoint, so its key proofs could be replayed")
    answer = post_form(connection.outbound, metadata.nonce_endpoint, b"")
    proof = build_key_proof(
        holder,
        audience=metadata.credential_issuer,
        nonce=parse_nonce_response(answer).c_nonce,
        issued_at=now,
        key_id=_key_id(configuration, holder),
    )
    return (proof,)


def _key_id(configuration: CredentialConfiguration, holder: Signer) -> str | None:
    """How the key is named: by itself where the issuer takes that, else as a did:key."""
    if BindingMethod.JWK in configuration.binding_methods:
        return None
    if BindingMethod.DID_KEY in configuration.binding_methods:
        return did_key_method(encode_did_key(holder.public_key))
    raise Unsupported("the issuer binds to no kind of identifier that this wallet has")


def _issued(
    request: CredentialRequest, metadata: IssuerMetadata, connection: Connection, token: str
) -> Serialized:
    body = canonicalize(request.to_json())
    answer = post_json(connection.outbound, metadata.credential_endpoint, body, bearer=token)
    credentials = parse_credential_response(answer).credentials
    if len(credentials) != 1:
        raise NotAsOffered("one credential was asked for, and another number came")
    return credentials[0]
