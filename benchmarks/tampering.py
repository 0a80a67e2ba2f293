"""Copies with one thing wrong, which nobody may accept."""

from credentials.claims import Claims
from credentials.model import Serialized
from tests.simulators.one_change import changed


def with_other_signature(sd_jwt: Serialized) -> str:
    """The same SD-JWT with another first character in its issuer's signature."""
    assert isinstance(sd_jwt, str)
    issuer_jwt, tilde, rest = sd_jwt.partition("~")
    signed, dot, signature = issuer_jwt.rpartition(".")
    first = "B" if signature[0] == "A" else "A"
    return "".join((signed, dot, first, signature[1:], tilde, rest))


def with_other_claim(credential: Serialized) -> Claims:
    """The same W3C credential about somebody who was born on another day."""
    assert isinstance(credential, dict)
    return changed(credential, "credentialSubject", "birthDate", to="2012-05-17")


def signed_part(sd_jwt: Serialized) -> bytes:
    """The bytes under the issuer's signature."""
    assert isinstance(sd_jwt, str)
    return sd_jwt.partition("~")[0].rpartition(".")[0].encode("ascii")
