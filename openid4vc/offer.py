"""The Credential Offer: what an issuer has ready for a wallet, by value or by reference.

Nothing in an offer is signed: it says where to ask, and proves nothing (§13.5).
OpenID4VCI 1.0 §4.1.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from credentials.claims import Claims
from credentials.errors import Malformed
from credentials.jcs import canonicalize
from credentials.json_object import JsonObject, parse_object
from openid4vc.https_url import parse_endpoint, parse_identifier
from openid4vc.wallet_link import build_wallet_link, parse_wallet_link

OFFER_SCHEME: Final = "openid-credential-offer"
HAIP_OFFER_SCHEME: Final = "haip-vci"
PRE_AUTHORIZED_CODE: Final = "urn:ietf:params:oauth:grant-type:pre-authorized_code"

MAX_OFFER_BYTES: Final = 64 * 1024
MAX_CONFIGURATION_IDS: Final = 64
MAX_CONFIGURATION_ID_CHARS: Final = 256
MAX_CODE_CHARS: Final = 512
MAX_TX_CODE_CHARS: Final = 64  # what a person may have to type
MAX_DESCRIPTION_CHARS: Final = 300  # §4.1.1

_SCHEMES: Final = frozenset({OFFER_SCHEME, HAIP_OFFER_SCHEME})


class InputMode(StrEnum):
    """What a transaction code is made of, so that a wallet shows the right keyboard."""

    NUMERIC = "numeric"
    TEXT = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class TxCode:
    """That a transaction code is needed, and what helps a person to type it.

    length: 1 to 64 characters, None if it is not told; description: at most 300 characters.
    """

    input_mode: InputMode
    length: int | None
    description: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PreAuthorizedGrant:
    """The pre-authorized code; `authorization_server` only when the issuer's metadata lists any."""

    code: str
    tx_code: TxCode | None
    authorization_server: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialOffer:
    """An offer. `pre_authorized` is None when the offer is for other grants only."""

    credential_issuer: str
    configuration_ids: tuple[str, ...]
    pre_authorized: PreAuthorizedGrant | None

    def to_json(self) -> Claims:
        """The Credential Offer object. Spec: OpenID4VCI 1.0 §4.1.1."""
        offer: Claims = {
            "credential_issuer": self.credential_issuer,
            "credential_configuration_ids": list(self.configuration_ids),
        }
        if self.pre_authorized:
            offer["grants"] = {PRE_AUTHORIZED_CODE: _grant_to_json(self.pre_authorized)}
        return offer


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferReference:
    """An offer by reference: the URL that a wallet gets it from."""

    uri: str


def parse_offer(data: bytes) -> CredentialOffer:
    """Read a Credential Offer object of at most 64 KiB. Raises Malformed or TooLarge.

    Unknown members and unknown grants are ignored, as §4.1.1 demands.
    """
    offer = parse_object(data, max_bytes=MAX_OFFER_BYTES)
    grants = offer.object_or_none("grants")
    grant = grants.object_or_none(PRE_AUTHORIZED_CODE) if grants else None
    return CredentialOffer(
        credential_issuer=parse_identifier(offer.text("credential_issuer")),
        configuration_ids=_configuration_ids(offer),
        pre_authorized=_grant(grant) if grant else None,
    )


def parse_offer_link(link: str) -> CredentialOffer | OfferReference:
    """Read what a person scanned or tapped: exactly one of the offer and its URL.

    Takes `openid-credential-offer://?…`, `haip-vci://?…` and `https://wallet#…`. Raises Malformed
    or TooLarge. Spec: OpenID4VCI 1.0 §4.1.
    """
    fields = parse_wallet_link(link, schemes=_SCHEMES)
    if ("credential_offer" in fields) == ("credential_offer_uri" in fields):
        raise Malformed("an offer link holds either credential_offer or credential_offer_uri")
    if "credential_offer_uri" in fields:
        return OfferReference(uri=parse_endpoint(fields.text("credential_offer_uri")))
    return parse_offer(fields.text("credential_offer").encode("utf-8"))


def build_offer_link(offer: CredentialOffer | OfferReference, wallet: str) -> str:
    """Write the link for a QR code: `wallet` is a scheme, or the address of a web wallet."""
    if isinstance(offer, OfferReference):
        return build_wallet_link(wallet, {"credential_offer_uri": offer.uri})
    value = canonicalize(offer.to_json()).decode("utf-8")
    return build_wallet_link(wallet, {"credential_offer": value})


def _configuration_ids(offer: JsonObject) -> tuple[str, ...]:
    ids = offer.texts("credential_configuration_ids", max_items=MAX_CONFIGURATION_IDS)
    if not ids or len(set(ids)) != len(ids):
        raise Malformed("credential_configuration_ids must name at least one, and each once")
    if any(len(name) > MAX_CONFIGURATION_ID_CHARS for name in ids):
        raise Malformed("a credential configuration id is too long")
    return tuple(ids)


def _grant(grant: JsonObject) -> PreAuthorizedGrant:
    tx_code = grant.object_or_none("tx_code")
    server = grant.text_or_none("authorization_server")
    return PreAuthorizedGrant(
        code=grant.text("pre-authorized_code", max_chars=MAX_CODE_CHARS),
        tx_code=None if tx_code is None else _tx_code(tx_code),
        authorization_server=None if server is None else parse_identifier(server),
    )


def _tx_code(tx_code: JsonObject) -> TxCode:
    mode = tx_code.text_or_none("input_mode") or InputMode.NUMERIC  # the default of §4.1.1
    if mode not in set(InputMode):
        raise Malformed("tx_code.input_mode must be numeric or text")
    length = tx_code.integer_or_none("length")
    if length is not None and not 1 <= length <= MAX_TX_CODE_CHARS:
        raise Malformed(f"tx_code.length must be from 1 to {MAX_TX_CODE_CHARS}")
    description = tx_code.text_or_none("description", max_chars=MAX_DESCRIPTION_CHARS)
    return TxCode(input_mode=InputMode(mode), length=length, description=description)


def _grant_to_json(grant: PreAuthorizedGrant) -> Claims:
    members: Claims = {"pre-authorized_code": grant.code}
    if grant.tx_code:
        members["tx_code"] = _tx_code_to_json(grant.tx_code)
    if grant.authorization_server:
        members["authorization_server"] = grant.authorization_server
    return members


def _tx_code_to_json(tx_code: TxCode) -> Claims:
    members: Claims = {"input_mode": tx_code.input_mode.value}
    if tx_code.length is not None:
        members["length"] = tx_code.length
    if tx_code.description is not None:
        members["description"] = tx_code.description
    return members
