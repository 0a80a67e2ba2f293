"""Verify an SD-JWT VC: with all that a verifier checks, and the mechanism alone."""

from collections.abc import Callable
from typing import Any

from jwcrypto.jwk import JWK  # type: ignore[import-untyped]
from jwcrypto.jws import InvalidJWSSignature  # type: ignore[import-untyped]
from openvc.errors import OpenvcError
from openvc.proof.sd_jwt import SdJwtVcProofSuite
from openvc.verify import VerificationPolicy, verify_credential
from sd_jwt.verifier import SDJWTVerifier  # type: ignore[import-untyped]

from benchmarks.peers import OPENVC, SD_JWT, public_jwk, resolver
from benchmarks.raw import raw_verify
from benchmarks.tampering import signed_part, with_other_signature
from benchmarks.verdicts import document_verifier, mechanism_verifier, peer_verifier
from benchmarks.workload import Workload
from benchmarks.world import World
from credentials.jws import peek_claims
from credentials.keys import KeyType
from credentials.model import Serialized
from credentials.securing.sd_jwt_vc import MECHANISM


def build(world: World, key_type: KeyType) -> Workload:
    """The certificate with twelve disclosures, without a holder's signature."""
    token, of_the_city = world.secure(MECHANISM, key_type), world.mint(MECHANISM, key_type)
    tampered, key = with_other_signature(token), world.signers[key_type].public_key
    return Workload(
        title=f"verify an SD-JWT VC, {key_type}, 12 disclosures",
        limit=raw_verify(key_type, signed_part(token)),
        ours=(
            document_verifier(world, "all checks", token, tampered, goal=0.60),
            mechanism_verifier(MECHANISM, key, token, tampered),
            document_verifier(
                world, "all checks, P01's card", of_the_city, with_other_signature(of_the_city)
            ),
        ),
        peers=(
            peer_verifier(OPENVC, _openvc(world, key_type), token, tampered, OpenvcError, goal=2.0),
            peer_verifier(
                f"{OPENVC}, DID, status", _openvc_pipeline(world), token, tampered, OpenvcError
            ),
            peer_verifier(SD_JWT, _sd_jwt(world, key_type), token, tampered, InvalidJWSSignature),
        ),
    )


def _openvc(world: World, key_type: KeyType) -> Callable[[Serialized], dict[str, Any]]:
    suite, jwk = SdJwtVcProofSuite(), public_jwk(world, key_type)

    def verify(token: Serialized) -> dict[str, Any]:
        assert isinstance(token, str)
        return suite.verify(token, public_key_jwk=jwk).claims

    return verify


def _openvc_pipeline(world: World) -> Callable[[Serialized], dict[str, Any]]:
    dids, policy = resolver(world), VerificationPolicy()
    status = peek_claims(world.served(world.agency.status_uri()).decode("ascii")).members
    return lambda token: (
        verify_credential(
            token, policy=policy, resolver=dids, resolve_status_list_token=lambda _: status
        ).credential
    )


def _sd_jwt(world: World, key_type: KeyType) -> Callable[[Serialized], dict[str, Any]]:
    key = JWK(**public_jwk(world, key_type))

    def verify(token: Serialized) -> dict[str, Any]:
        found: dict[str, Any] = SDJWTVerifier(token, lambda *_: key).get_verified_payload()
        return found

    return verify
