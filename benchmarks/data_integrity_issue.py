"""Issue a W3C credential with eddsa-jcs-2022: two canonical texts, one signature."""

from collections.abc import Callable
from functools import partial
from typing import Any

from openvc.errors import OpenvcError
from openvc.proof.di_jcs import EddsaJcsProofSuite

from benchmarks.peers import OPENVC, openvc_key, public_key
from benchmarks.raw import HASH_DATA, raw_sign
from benchmarks.tampering import with_other_claim
from benchmarks.workload import Contender, Workload, assert_refused
from benchmarks.world import World
from credentials.errors import SignatureInvalid
from credentials.jwk import encode_jwk
from credentials.keys import KeyType
from credentials.model import Serialized
from credentials.securing.eddsa_jcs_2022 import MECHANISM
from credentials.vcdm_envelope import build_credential


def build(world: World) -> Workload:
    """The certificate as a W3C credential, and the one that the city would issue."""
    return Workload(
        title="issue a W3C credential, eddsa-jcs-2022",
        limit=raw_sign(KeyType.ED25519, HASH_DATA),
        ours=(
            _ours(world, "envelope", partial(world.secure, MECHANISM, KeyType.ED25519), goal=0.50),
            _ours(world, "from an entitlement", partial(world.mint, MECHANISM, KeyType.ED25519)),
        ),
        peers=(_openvc(world),),
    )


def _ours(
    world: World, name: str, run: Callable[[], Serialized], *, goal: float | None = None
) -> Contender:
    key = world.signers[KeyType.ED25519].public_key

    def check() -> None:
        MECHANISM.verify(MECHANISM.parse(run()), key)
        tampered = MECHANISM.parse(with_other_claim(run()))
        assert_refused(lambda: MECHANISM.verify(tampered, key), SignatureInvalid)

    return Contender(name=name, run=run, check=check, goal=goal)


def _openvc(world: World) -> Contender:
    suite, jwk = EddsaJcsProofSuite(), {**encode_jwk(public_key(KeyType.ED25519))}
    credential = build_credential(world.contents[KeyType.ED25519])
    key_id = world.agency.key_id(KeyType.ED25519)
    signing_key = openvc_key(KeyType.ED25519, key_id)

    def run() -> dict[str, Any]:
        return suite.add_proof(
            credential, signing_key=signing_key, verification_method=key_id, created=world.now
        )

    def check() -> None:
        suite.verify(run(), public_key_jwk=jwk, now=world.now)
        tampered = with_other_claim(run())
        assert_refused(lambda: suite.verify(tampered, public_key_jwk=jwk), OpenvcError)

    return Contender(name=OPENVC, run=run, check=check, goal=4.5)
