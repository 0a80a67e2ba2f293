"""Issue an SD-JWT VC: salts, disclosures, digests, one signature."""

from collections.abc import Callable
from functools import partial
from typing import Any

from openvc.proof.sd_jwt import SdJwtVcProofSuite
from sd_jwt.common import SDObj  # type: ignore[import-untyped]
from sd_jwt.issuer import SDJWTIssuer  # type: ignore[import-untyped]

from benchmarks.peers import OPENVC, SD_JWT, jwcrypto_key, openvc_key, public_key
from benchmarks.raw import raw_sign
from benchmarks.tampering import signed_part, with_other_signature
from benchmarks.workload import Contender, Workload, assert_refused
from benchmarks.world import CLAIMS, HOLDER_SECRET, SELECTIVE, STATUS_INDEX, UNTIL, World
from credentials.errors import SignatureInvalid
from credentials.jwk import encode_jwk
from credentials.keys import KeyType, PublicKey
from credentials.model import Serialized
from credentials.securing.sd_jwt_vc import MECHANISM, TYP


def build(world: World, key_type: KeyType) -> Workload:
    """The certificate with twelve disclosures, and the one that the city would issue."""
    token, key = world.secure(MECHANISM, key_type), world.signers[key_type].public_key
    return Workload(
        title=f"issue an SD-JWT VC, {key_type}, 12 disclosures",
        limit=raw_sign(key_type, signed_part(token)),
        ours=(
            _issuer("envelope", partial(world.secure, MECHANISM, key_type), key, goal=0.40),
            _issuer("from an entitlement", partial(world.mint, MECHANISM, key_type), key),
        ),
        peers=(
            _issuer(OPENVC, _openvc(world, key_type), public_key(key_type), goal=2.2),
            _issuer(SD_JWT, _sd_jwt(world, key_type), public_key(key_type), goal=4.0),
        ),
    )


def _issuer(
    name: str, run: Callable[[], Serialized], key: PublicKey, *, goal: float | None = None
) -> Contender:
    def check() -> None:
        verified = MECHANISM.verify(MECHANISM.parse(run()), key)
        assert verified.claims["nameKo"] == CLAIMS["nameKo"]
        tampered = MECHANISM.parse(with_other_signature(run()))
        assert_refused(lambda: MECHANISM.verify(tampered, key), SignatureInvalid)

    return Contender(name=name, run=run, check=check, goal=goal)


def _openvc(world: World, key_type: KeyType) -> Callable[[], str]:
    suite, signing_key = SdJwtVcProofSuite(), openvc_key(key_type, world.agency.key_id(key_type))
    holder = encode_jwk(world.holders[key_type].public_key)
    claims: dict[str, Any] = {**_envelope(world), **CLAIMS}
    disclosable = sorted(str(name) for (name,) in SELECTIVE)
    return lambda: suite.issue(
        claims,
        signing_key=signing_key,
        disclosable=disclosable,
        holder_jwk=holder,
        vct=world.type_url,
    )


def _sd_jwt(world: World, key_type: KeyType) -> Callable[[], str]:
    issuer, holder = jwcrypto_key(key_type), jwcrypto_key(key_type, HOLDER_SECRET)
    header = {"typ": TYP, "kid": world.agency.key_id(key_type)}
    claims = {
        **_envelope(world),
        "vct": world.type_url,
        **{SDObj(n) if (n,) in SELECTIVE else n: value for n, value in CLAIMS.items()},
    }

    def run() -> str:
        made = SDJWTIssuer(
            claims, issuer, holder, sign_alg=key_type.value, extra_header_parameters=header
        )
        return str(made.sd_jwt_issuance)

    return run


def _envelope(world: World) -> dict[str, Any]:
    return {
        "iss": world.agency.did,
        "iat": int(world.now.timestamp()),
        "nbf": int(world.now.timestamp()),
        "exp": int(UNTIL.timestamp()),
        "status": {"status_list": {"idx": STATUS_INDEX, "uri": world.agency.status_uri()}},
    }
