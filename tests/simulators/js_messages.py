"""Messages for the table that compares Python and JavaScript: right, random, nearly right."""

import json
import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from credentials.jwk import encode_jwk
from credentials.keys import P256Signer
from openid4vc.authorization_request import (
    TYP,
    AuthorizationRequest,
    client_id_of_did,
    peek_key_id,
    verify_request_object,
)
from openid4vc.credential_configuration import (
    ClaimDescription,
    CredentialConfiguration,
    CredentialFormat,
)
from openid4vc.dcql import (
    ClaimsQuery,
    CredentialQuery,
    CredentialSetQuery,
    Query,
    TrustedAuthority,
)
from openid4vc.dcql_match import Candidate
from openid4vc.display import Display
from openid4vc.metadata import IssuerMetadata
from tests.simulators.javascript import Table, moment
from tests.simulators.js_said import (
    ISSUER,
    said_summary,
)

NOW = datetime(2026, 3, 13, 3, 4, 5, tzinfo=UTC)
RESIDENCY = "SeoulResidencyCredential.dc+sd-jwt"
VCT = "https://city.example/types/SeoulResidencyCredential/v1"
DID = "did:webvh:QmScid:city.example%3A8443:dids:VER-LIB"
CLIENT_ID = client_id_of_did(DID)
SIGNER = P256Signer(bytes([1]) * 32)


HEADER: dict[str, Any] = {"typ": TYP, "kid": DID + "#key-1"}
FORM_PIECES = [
    "a", "b", "=", "=", "&", "+", "%20", "%", "%4", "%ff", "%EC%84%9C", "%ed%a0%80", " ", "\n", "#",
    "%61", "1", "서", "?", "'",
]  # fmt: skip


def sample_request() -> AuthorizationRequest:
    return AuthorizationRequest(
        client_id=CLIENT_ID,
        response_uri="https://city.example/responses/1",
        nonce="n-0S6_WzA2Mj~0.4kkkkkk",
        state="eyJhb_6-sVA_0123456789",
        query=Query(
            credentials=(
                CredentialQuery(
                    id="member",
                    format="dc+sd-jwt",
                    vct_values=(VCT,),
                    claims=(ClaimsQuery(id=None, path=("residentOfSeoul",), values=()),),
                ),
            )
        ),
        vp_formats={"dc+sd-jwt": {"sd-jwt_alg_values": ["ES256"], "kb-jwt_alg_values": ["ES256"]}},
        wallet_nonce="of-the-wallet",
        issued_at=NOW,
        expires_at=NOW + timedelta(minutes=5),
    )


def add_request(
    table: Table,
    name: str,
    token: str,
    *,
    client_id: str = CLIENT_ID,
    wallet_nonce: str | None = "of-the-wallet",
    now: datetime = NOW,
) -> None:
    def mine() -> Any:
        found = verify_request_object(
            token, SIGNER.public_key, client_id=client_id, wallet_nonce=wallet_nonce, now=now
        )
        return {
            "clientId": found.client_id,
            "responseUri": found.response_uri,
            "nonce": found.nonce,
            "state": found.state,
            "query": said_summary(found.query),
        }

    given = {
        "token": token, "key": encode_jwk(SIGNER.public_key), "clientId": client_id,
        "walletNonce": wallet_nonce, "now": moment(now),
    }  # fmt: skip
    table.add("request", name, given, mine)
    table.add("key-id", name, given, lambda: peek_key_id(token, client_id=client_id))


def sample_metadata() -> IssuerMetadata:
    words = (Display(name="주민", locale="ko"), Display(name="R", locale="en", description="r"))
    residency = CredentialConfiguration(
        format=CredentialFormat.SD_JWT_VC,
        vct=VCT,
        types=(),
        contexts=(),
        scope="SeoulResidencyCredential",
        signing_algorithms=("ES256",),
        binding_methods=("jwk",),
        proof_algorithms=("ES256", "EdDSA"),
        display=words,
        claims=(
            ClaimDescription(path=("residentOfGu", "11620"), mandatory=True, display=words),
            ClaimDescription(path=("degrees", None, "type"), mandatory=False, display=()),
        ),
    )
    card = replace(
        residency,
        format=CredentialFormat.LDP_VC,
        vct=None,
        types=("VerifiableCredential", "Card"),
        contexts=("https://www.w3.org/ns/credentials/v2",),
        claims=(),
    )
    return IssuerMetadata(
        credential_issuer=ISSUER,
        authorization_servers=("https://server.example",),
        credential_endpoint=ISSUER + "/credential",
        nonce_endpoint=ISSUER + "/nonce",
        batch_size=10,
        display=(Display(name="관악구", locale="ko"),),
        configurations={RESIDENCY: residency, "card": card},
    )


def sample_query() -> Query:
    return Query(
        credentials=(
            CredentialQuery(
                id="residency",
                format="dc+sd-jwt",
                vct_values=(VCT,),
                claims=(
                    ClaimsQuery(id="seoul", path=("residentOfSeoul",), values=(True,)),
                    ClaimsQuery(id="gu", path=("residentOfGu", "11620"), values=("a", 1, False)),
                    ClaimsQuery(id="all", path=("degrees", None, "type"), values=()),
                ),
                claim_sets=(("seoul",), ("gu", "all")),
                multiple=True,
                require_holder_binding=False,
                trusted_authorities=(TrustedAuthority(type="aki", values=("s9tIpPmhxdiu",)),),
            ),
            CredentialQuery(id="card", format="ldp_vc", type_values=(("X", "Z"), ("Y",))),
        ),
        credential_sets=(
            CredentialSetQuery(options=(("residency",), ("card",))),
            CredentialSetQuery(options=(("card",),), required=False),
        ),
    )


NAMES = ("a", "b", "c")
LEAVES: tuple[Any, ...] = (1, 0, True, False, "x", "", None, [], {}, [1, "x"], {"a": 1}, [{"a": 2}])


def random_query(rng: random.Random) -> Any:
    ids = ["one", "two"][: rng.randrange(1, 3)]
    query: Any = {"credentials": [random_item(rng, name) for name in ids]}
    if rng.random() < 0.4:
        query["credential_sets"] = [
            {"options": [[name] for name in rng.sample(ids, len(ids))], "required": bool(n)}
            for n in range(rng.randrange(1, 3))
        ]
    return query


def random_item(rng: random.Random, name: str) -> Any:
    paths = {json.dumps(random_path(rng)) for _ in range(rng.randrange(1, 4))}
    claims: list[Any] = [
        {"id": f"c{n}", "path": json.loads(path)} for n, path in enumerate(sorted(paths))
    ]
    for claim in claims:
        if rng.random() < 0.4:
            claim["values"] = rng.sample([1, 0, True, False, "x", ""], 2)
    item: Any = {
        "id": name, "format": rng.choice(["dc+sd-jwt"] * 5 + ["mso_mdoc"]),
        "meta": {"vct_values": rng.sample([VCT, "b", "c"], 2)}, "claims": claims,
        "require_cryptographic_holder_binding": rng.random() < 0.8,
    }  # fmt: skip
    if rng.random() < 0.3:
        item["claim_sets"] = [[rng.choice(claims)["id"]], [claim["id"] for claim in claims]]
    if rng.random() < 0.1:
        item["trusted_authorities"] = [{"type": "aki", "values": ["x"]}]
    return item


def random_path(rng: random.Random) -> list[Any]:
    return [rng.choice(NAMES), *(rng.choice([*NAMES, None, 0, 1]) for _ in range(rng.randrange(3)))]


def random_value(rng: random.Random, depth: int = 0) -> Any:
    if depth > 2 or rng.random() < 0.4:
        return rng.choice(LEAVES)
    if rng.random() < 0.5:
        return [random_value(rng, depth + 1) for _ in range(rng.randrange(3))]
    return {name: random_value(rng, depth + 1) for name in NAMES if rng.random() < 0.7}


def random_candidate(rng: random.Random, index: int) -> Candidate:
    return Candidate(
        id=f"candidate-{index}",
        format="dc+sd-jwt",
        type_url=rng.choice([VCT, VCT, "b"]),
        type_names=(),
        claims={name: random_value(rng) for name in NAMES if rng.random() < 0.9},
        holder_bound=rng.random() < 0.8,
    )


def candidate_json(candidate: Candidate) -> Any:
    return {
        "id": candidate.id,
        "typeUrl": candidate.type_url,
        "claims": candidate.claims,
        "holderBound": candidate.holder_bound,
    }


def url_texts() -> list[str]:
    rng = random.Random(3)
    texts = [
        "", "https://city.example", "https://city.example/", "https://city.example?q", "https://a#f",
        "HTTPS://City.Example:443/a", "http://localhost:8000/x", "http://a.localhost",
        "http://127.0.0.1", "https://user@a", "https://[2001:db8::1]:1/x", "https://[::1",
        "https://[1.2.3.4]", "https:///x", "https://a:99999", "https://a:", "https://a:00080/",
        "https://a/../b", "https://a/%2E%2e/b", "https://a/...", "https://a%2Eb", "https://a/%zz",
        "https://a/\n", "https://가.example", "//a/b", "https://a" + "b" * 2048, "javascript:1",
        "https://a/" + "b" * 2038, "https://a/" + "b" * 2039, "https://a..b/", "https://-a/",
        "https://a_b/", "https://.", "https://1.2.3", "https:a", "a", "https://[::ffff:1.2.3.4]/",
        "https://[::%25eth0]/", "https://[:::]/",
    ]  # fmt: skip
    pieces = [
        "https",
        "http",
        ":",
        "//",
        "/",
        "?",
        "#",
        "@",
        "[",
        "]",
        "::1",
        "a",
        "localhost",
        ".",
    ]
    pieces += ["..", "%2e", "%41", "%", "80", "70000", "-", "_", " ", "\\", "\t", "가", "é", "A"]
    for _ in range(1500):
        body = "".join(rng.choice(pieces) for _ in range(rng.randrange(8)))
        texts.append(rng.choice(["https://", "http://", "https://a/", ""]) + body)
    return texts


def near_links(links: list[str], more: str) -> list[str]:
    rng = random.Random(4)
    found = list(links)
    pieces = ["#", "?", "&", "=", "%", ":", "/", "//", "가", "\n", f"&{more}", f"?{more}", "@", "x"]
    for link in links:
        scheme, _, fields = link.replace("#", "?", 1).partition("?")
        found += [scheme, fields, f"{scheme}?{more}", f"{scheme}#{more}", f"other:?{fields}"]
        found += [link.upper(), link * 30, f" {link}", f"{link}\n", f"{link}#x", f"{link}#"]
        for _ in range(150):
            place = rng.randrange(min(len(link), 60))
            kept = place + rng.randrange(2)
            found.append(link[:place] + rng.choice(pieces) + link[kept:])
    return found


def json_bytes(document: Any) -> bytes:
    return json.dumps(document).encode()


def both_ways(judged: dict[str, int]) -> None:
    """A table in which nothing passes, or nothing fails, shows little."""
    assert min(judged.values()) >= 5, judged
