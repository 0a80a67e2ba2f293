"""Verify a W3C credential with eddsa-jcs-2022: with all that a verifier checks, and the mechanism
alone."""

from collections.abc import Callable
from typing import Any

from openvc.errors import OpenvcError
from openvc.proof.di_jcs import EddsaJcsProofSuite
from openvc.verify import VerificationPolicy, verify_credential

from benchmarks.peers import OPENVC, public_jwk, resolver
from benchmarks.raw import HASH_DATA, raw_verify
from benchmarks.tampering import with_other_claim
from benchmarks.verdicts import document_verifier, mechanism_verifier, peer_verifier
from benchmarks.workload import Workload
from benchmarks.world import World
from credentials.json_object import parse_object
from credentials.keys import KeyType
from credentials.model import Serialized, StatusPurpose
from credentials.securing.eddsa_jcs_2022 import MECHANISM
from credentials.vcdm_envelope import list_url


def build(world: World) -> Workload:
    """The certificate as a W3C credential, and the one that the city would issue."""
    credential = world.secure(MECHANISM, KeyType.ED25519)
    of_the_city = world.mint(MECHANISM, KeyType.ED25519)
    tampered, key = with_other_claim(credential), world.signers[KeyType.ED25519].public_key
    return Workload(
        title="verify a W3C credential, eddsa-jcs-2022",
        limit=raw_verify(KeyType.ED25519, HASH_DATA),
        ours=(
            document_verifier(world, "all checks", credential, tampered, goal=0.72),
            mechanism_verifier(MECHANISM, key, credential, tampered),
            document_verifier(
                world, "all checks, P01's card", of_the_city, with_other_claim(of_the_city)
            ),
        ),
        peers=(
            peer_verifier(OPENVC, _openvc(world), credential, tampered, OpenvcError),
            peer_verifier(
                f"{OPENVC}, DID, status",
                _openvc_pipeline(world),
                credential,
                tampered,
                OpenvcError,
                goal=3.8,
            ),
        ),
    )


def _openvc(world: World) -> Callable[[Serialized], dict[str, Any]]:
    suite, jwk = EddsaJcsProofSuite(), public_jwk(world, KeyType.ED25519)

    def verify(credential: Serialized) -> dict[str, Any]:
        assert isinstance(credential, dict)
        found = suite.verify(credential, public_key_jwk=jwk, now=world.now).credential
        return _subject(found)

    return verify


def _openvc_pipeline(world: World) -> Callable[[Serialized], dict[str, Any]]:
    dids, policy = resolver(world), VerificationPolicy(now=world.now)
    uris = [
        list_url(world.agency.status_uri(), purpose)
        for purpose in (StatusPurpose.REVOCATION, StatusPurpose.SUSPENSION)
    ]
    lists = {uri: parse_object(world.served(uri)).members for uri in uris}

    def verify(credential: Serialized) -> dict[str, Any]:
        found = verify_credential(
            credential, policy=policy, resolver=dids, resolve_status_list=lists.__getitem__
        )
        return _subject(found.credential)

    return verify


def _subject(credential: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = credential["credentialSubject"]
    return found
