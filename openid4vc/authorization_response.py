"""What a wallet posts to the verifier's `response_uri`, and what it is answered.

OpenID4VP 1.0 §8.1, §8.2 (`direct_post`), §8.5.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from credentials.claims import Claims
from credentials.errors import Malformed
from credentials.issuance_proof import MAX_PROOF_BYTES, IssuanceProof, read_issuance_proof
from credentials.jcs import canonicalize
from credentials.json_object import JsonObject, parse_object
from credentials.model import Serialized
from credentials.strict_json import JsonValue, parse_json
from openid4vc.authorization_request import MAX_NONCE_CHARS
from openid4vc.dcql import MAX_CREDENTIALS, parse_query_id
from openid4vc.errors import (
    MAX_DESCRIPTION_CHARS,
    InvalidRequest,
    parse_error_code,
    refused_as,
)
from openid4vc.form import encode_form, parse_form
from openid4vc.https_url import parse_redirect

MAX_RESPONSE_BYTES: Final = 1024 * 1024
MAX_PRESENTATIONS: Final = 20  # for one credential query
MAX_PRESENTATION_CHARS: Final = 64 * 1024  # the bound that our own SD-JWT parser has
MAX_ANSWER_BYTES: Final = 16 * 1024
MAX_PROOFS: Final = 32  # one for each credential that may be asked for

# A response parameter of our own, which other verifiers ignore. OpenID4VP 1.0 §8.1.
_PROOFS: Final = "issuance_proofs"


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizationResponse:
    """Presentations, unverified, by the id of the credential query that they answer.

    issuance_proofs: in any order, each for one of the credentials; an extension of ours.
    """

    vp_token: Mapping[str, tuple[Serialized, ...]]
    state: str | None
    issuance_proofs: tuple[IssuanceProof, ...] = ()

    def to_form(self) -> bytes:
        """The body of the POST. Spec: OpenID4VP 1.0 §8.2."""
        token: Claims = {name: list(shown) for name, shown in self.vp_token.items()}
        fields = {"vp_token": canonicalize(token).decode("utf-8")}
        if self.issuance_proofs:
            proofs: list[JsonValue] = [proof.to_json() for proof in self.issuance_proofs]
            fields[_PROOFS] = canonicalize(proofs).decode("ascii")
        return _form(fields, self.state)


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizationErrorResponse:
    """That the wallet does not answer. description: a stranger's text, for a log only."""

    error: str
    description: str | None
    state: str | None

    def to_form(self) -> bytes:
        """The body of the POST. Spec: OpenID4VP 1.0 §8.2, §8.5."""
        fields = {"error": self.error}
        if self.description is not None:
            fields["error_description"] = self.description
        return _form(fields, self.state)


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseAnswer:
    """The verifier's answer to the POST. redirect_uri: where the wallet sends the browser next."""

    redirect_uri: str | None

    def to_json(self) -> Claims:
        """The body, sent with 200 and `Cache-Control: no-store`. Spec: OpenID4VP 1.0 §8.2."""
        return {} if self.redirect_uri is None else {"redirect_uri": self.redirect_uri}


def parse_authorization_response(
    body: bytes,
) -> AuthorizationResponse | AuthorizationErrorResponse:
    """Read what a wallet posted, at most 1 MiB; unknown fields are ignored, as §8.1 demands.

    Raises InvalidRequest, also for an encrypted response, which was not asked for.
    """
    with refused_as(InvalidRequest):
        form = parse_form(body, max_bytes=MAX_RESPONSE_BYTES)
        state = form.text_or_none("state", max_chars=MAX_NONCE_CHARS)
        if [name for name in ("vp_token", "error", "response") if name in form] == ["error"]:
            return _error(form, state)
        if "error" in form or "response" in form:
            raise Malformed("a response holds either a vp_token or an error, and in the clear")
        return AuthorizationResponse(
            vp_token=_vp_token(form), state=state, issuance_proofs=_issuance_proofs(form)
        )


def parse_response_answer(data: bytes) -> ResponseAnswer:
    """Read the verifier's answer; unknown members are ignored. Raises Malformed or TooLarge."""
    uri = parse_object(data, max_bytes=MAX_ANSWER_BYTES).text_or_none("redirect_uri")
    return ResponseAnswer(redirect_uri=None if uri is None else parse_redirect(uri))


def _error(form: JsonObject, state: str | None) -> AuthorizationErrorResponse:
    return AuthorizationErrorResponse(
        error=parse_error_code(form.text("error")),
        description=form.text_or_none("error_description", max_chars=MAX_DESCRIPTION_CHARS),
        state=state,
    )


def _vp_token(form: JsonObject) -> dict[str, tuple[Serialized, ...]]:
    text = form.text("vp_token", max_chars=MAX_RESPONSE_BYTES)
    token = parse_object(text.encode("utf-8"), max_bytes=MAX_RESPONSE_BYTES, where="vp_token")
    if not 0 < len(token.members) <= MAX_CREDENTIALS:
        raise Malformed(f"vp_token answers 1 to {MAX_CREDENTIALS} credential queries")
    return {parse_query_id(name): _presentations(token, name) for name in token}


def _issuance_proofs(form: JsonObject) -> tuple[IssuanceProof, ...]:
    text = form.text_or_none(_PROOFS, max_chars=MAX_PROOFS * MAX_PROOF_BYTES)
    if text is None:
        return ()
    proofs = parse_json(text.encode("utf-8"), max_bytes=MAX_PROOFS * MAX_PROOF_BYTES)
    if not isinstance(proofs, list) or not 0 < len(proofs) <= MAX_PROOFS:
        raise Malformed(f"{_PROOFS} is a list of 1 to {MAX_PROOFS} proofs")
    return tuple(read_issuance_proof(JsonObject(proof, "issuance proof")) for proof in proofs)


def _presentations(token: JsonObject, name: str) -> tuple[Serialized, ...]:
    shown = token.array(name, max_items=MAX_PRESENTATIONS)
    if not shown:
        raise Malformed("vp_token leaves out a credential query that it does not answer")
    return tuple(_presentation(value) for value in shown)


def _presentation(value: JsonValue) -> Serialized:
    if isinstance(value, dict):
        return value
    if not isinstance(value, str) or not 0 < len(value) <= MAX_PRESENTATION_CHARS:
        raise Malformed("a presentation is an object, or a text of at most 64 KiB")
    return value


def _form(fields: dict[str, str], state: str | None) -> bytes:
    return encode_form(fields if state is None else {**fields, "state": state})
