"""Verify the answer to a question: three of twelve claims, and the holder's signature."""

from collections.abc import Callable
from functools import partial
from typing import Any, Final

from jwcrypto.jwk import JWK  # type: ignore[import-untyped]
from jwcrypto.jws import InvalidJWSSignature  # type: ignore[import-untyped]
from openvc.errors import OpenvcError
from openvc.proof.sd_jwt import SdJwtVcProofSuite
from sd_jwt.verifier import SDJWTVerifier  # type: ignore[import-untyped]

from benchmarks.peers import OPENVC, SD_JWT, public_jwk
from benchmarks.raw import raw_verify
from benchmarks.tampering import signed_part, with_other_signature
from benchmarks.verdicts import assert_rejected, peer_verifier
from benchmarks.workload import Contender, Workload, assert_refused
from benchmarks.world import CLAIMS, SHOWN, World
from credentials.claims import Claims
from credentials.errors import SignatureInvalid
from credentials.keys import KeyType
from credentials.model import Serialized
from credentials.securing.mechanism import BindingRequest
from credentials.securing.sd_jwt_vc import MECHANISM
from credentials.validity import LEEWAY
from verifier.answer import verify_answer
from verifier.decision import Decision, Verdict
from verifier.policy import ONLINE
from verifier.question import Question

AUDIENCE: Final = "x509_hash:library"
NONCE: Final = "n-0S6_WzA2Mj"
SHOWN_CLAIMS: Final = {str(name): CLAIMS[str(name)] for (name,) in SHOWN}


def build(world: World) -> Workload:
    """One presentation; the issuer and the holder both sign with ES256.

    It is the same holder each time, so that his key is built once only; a new one costs 5 us more.
    """
    text = MECHANISM.present(
        world.secure(MECHANISM, KeyType.P256),
        disclose=SHOWN,
        holder=world.holders[KeyType.P256],
        request=BindingRequest(audience=AUDIENCE, nonce=NONCE, now=world.now),
    )
    tampered = with_other_signature(text)
    return Workload(
        title="verify a presentation of an SD-JWT VC, ES256, 3 of 12 disclosures, KB-JWT",
        limit=raw_verify(KeyType.P256, signed_part(text), times=2),
        ours=(_answer(world, text, tampered), _mechanism(world, text, tampered)),
        peers=(
            peer_verifier(OPENVC, _openvc(world), text, tampered, OpenvcError, goal=1.45),
            peer_verifier(SD_JWT, _sd_jwt(world), text, tampered, InvalidJWSSignature, goal=2.3),
        ),
    )


def _answer(world: World, text: Serialized, tampered: Serialized) -> Contender:
    question = Question(client_id=AUDIENCE, nonce=NONCE, query=world.query())

    def verify(shown: Serialized) -> Verdict:
        answer = {"asked": [shown]}
        return verify_answer(answer, question, world.evidence, ONLINE, world.now).overall

    def check() -> None:
        verdict = verify(text)
        assert verdict.decision is Decision.ACCEPTED, verdict
        assert verdict.claims == SHOWN_CLAIMS
        assert_rejected(verify(tampered))

    return Contender(name="all checks", run=partial(verify, text), check=check, goal=0.68)


def _mechanism(world: World, text: Serialized, tampered: Serialized) -> Contender:
    key = world.signers[KeyType.P256].public_key

    def verify(shown: Serialized) -> Claims:
        parsed = MECHANISM.parse(shown)
        verified = MECHANISM.verify(parsed, key)
        binding = MECHANISM.verify_holder(parsed, verified)
        assert binding is not None
        binding.check(audience=AUDIENCE, nonce=NONCE, now=world.now, leeway=LEEWAY)
        return verified.claims

    def check() -> None:
        assert verify(text) == {**SHOWN_CLAIMS, "residentOfGu": CLAIMS["residentOfGu"]}
        assert_refused(lambda: verify(tampered), SignatureInvalid)

    return Contender(name="mechanism alone", run=partial(verify, text), check=check)


def _openvc(world: World) -> Callable[[Serialized], dict[str, Any]]:
    suite, jwk = SdJwtVcProofSuite(), public_jwk(world, KeyType.P256)

    def verify(shown: Serialized) -> dict[str, Any]:
        assert isinstance(shown, str)
        return suite.verify(
            shown,
            public_key_jwk=jwk,
            audience=AUDIENCE,
            nonce=NONCE,
            require_key_binding=True,
            now=world.now,
        ).claims

    return verify


def _sd_jwt(world: World) -> Callable[[Serialized], dict[str, Any]]:
    key = JWK(**public_jwk(world, KeyType.P256))

    def verify(shown: Serialized) -> dict[str, Any]:
        verifier = SDJWTVerifier(shown, lambda *_: key, AUDIENCE, NONCE)
        found: dict[str, Any] = verifier.get_verified_payload()
        return found

    return verify
