"""Python and JavaScript read the same messages alike: every field, or the same error code.

Each table begins with a message that our Python writes and changes one thing at a time.
"""

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from credentials.claims import parse_claim_path
from credentials.jws import sign_compact
from openid4vc.access_token import TokenResponse
from openid4vc.authorization_request import (
    build_request_object,
    client_id_of_did,
    verifier_did,
)
from openid4vc.authorization_response import parse_response_answer
from openid4vc.credential_request import CredentialResponse
from openid4vc.dcql import (
    parse_query,
)
from openid4vc.dcql_match import match
from openid4vc.https_url import parse_endpoint, parse_identifier, parse_redirect, well_known_url
from openid4vc.nonce import parse_nonce_response
from openid4vc.offer import (
    CredentialOffer,
    InputMode,
    PreAuthorizedGrant,
    TxCode,
    build_offer_link,
    parse_offer,
)
from openid4vc.server_metadata import ServerMetadata, server_metadata_url
from tests.simulators.every_change import every_change
from tests.simulators.javascript import Table, data64
from tests.simulators.js_messages import (
    CLIENT_ID,
    DID,
    FORM_PIECES,
    HEADER,
    NOW,
    RESIDENCY,
    SIGNER,
    add_request,
    both_ways,
    candidate_json,
    json_bytes,
    near_links,
    random_candidate,
    random_query,
    sample_metadata,
    sample_query,
    sample_request,
    url_texts,
)
from tests.simulators.js_said import (
    ISSUER,
    said_error,
    said_form,
    said_issued,
    said_issuer_metadata,
    said_matched,
    said_offer,
    said_offer_link,
    said_request_link,
    said_server_metadata,
    said_summary,
    said_token,
    said_written,
)


def test_urls() -> None:
    table = Table()
    parsers: dict[str, Callable[[str], str]] = {
        "identifier": parse_identifier,
        "endpoint": parse_endpoint,
        "redirect": parse_redirect,
        "well-known": lambda text: well_known_url(text, "openid-credential-issuer"),
        "server-metadata-url": server_metadata_url,
    }
    for text in url_texts():
        for work, parse in parsers.items():
            table.add(work, ascii(text), {"text": text}, lambda p, t: p(t), parse, text)
    both_ways(table.compare())


def test_forms() -> None:
    table = Table()
    rng = random.Random(1)
    texts = ["", "a=", "a", "=1", "a=1&a=2", "a=1&", "&".join(f"f{n}=1" for n in range(51))]
    texts += ["".join(rng.choices(FORM_PIECES, k=rng.randrange(12))) for _ in range(1500)]
    for text in texts:
        given = {"text": text, "maxChars": 300}
        table.add("form", ascii(text), given, said_form, text)
    for value in ("", "a b", "!'()*~", "서울", "\U0001f600", "a%b&c=d+e", "\n\0"):
        fields = {"name": value, "다": "1"}
        table.add("form-written", ascii(value), {"fields": fields}, said_written, fields)
    both_ways(table.compare())


def test_offers_and_their_links() -> None:
    table = Table()
    offer = CredentialOffer(
        credential_issuer=ISSUER,
        configuration_ids=(RESIDENCY, "CityCertificateCredential.ldp_vc"),
        pre_authorized=PreAuthorizedGrant(
            code="oaKazRN8I0IbtZ0C7JuMn5",
            tx_code=TxCode(input_mode=InputMode.TEXT, length=6, description="문자로 보낸 번호"),
            authorization_server="https://server.example",
        ),
    )
    for name, document in every_change(offer.to_json()):
        data = json_bytes(document)
        table.add("offer", name, {"data": data64(data)}, lambda d: said_offer(parse_offer(d)), data)
    links = [build_offer_link(offer, wallet) for wallet in ("openid-credential-offer", "haip-vci")]
    links.append(build_offer_link(offer, "https://city.example/wallet"))
    for link in near_links(links, "credential_offer_uri=https%3A%2F%2Fa.example%2Fo"):
        table.add("offer-link", ascii(link), {"link": link}, said_offer_link, link)
    both_ways(table.compare())


def test_links_to_requests() -> None:
    table = Table()
    fields = (
        "client_id=decentralized_identifier%3Adid%3Aweb%3Aa&request_uri=https%3A%2F%2Fa.example%2Fr"
    )
    links = [f"openid4vp://?{fields}", f"HAIP-VP:?{fields}&request_uri_method=post"]
    links += [f"https://city.example/wallet#{fields}&request_uri_method=get"]
    for link in near_links(links, "request_uri_method=POST"):
        table.add("request-link", ascii(link), {"link": link}, said_request_link, link)
    both_ways(table.compare())


def test_issuer_metadata() -> None:
    table = Table()
    for name, document in every_change(sample_metadata().to_json()):
        for configuration, offered in ((RESIDENCY, None), ("card", "https://server.example")):
            data = json_bytes(document)
            given = {
                "data": data64(data), "credentialIssuer": ISSUER,
                "configuration": configuration, "offered": offered,
            }  # fmt: skip
            table.add(
                "issuer-metadata",
                f"{configuration}, {name}",
                given,
                lambda d, c, o: said_issuer_metadata(d, c, o),
                data,
                configuration,
                offered,
            )
    both_ways(table.compare())


def test_the_other_answers_of_an_issuer() -> None:
    table = Table()
    server = ServerMetadata(
        issuer=ISSUER,
        token_endpoint=ISSUER + "/token",
        grant_types=("urn:ietf:params:oauth:grant-type:pre-authorized_code",),
        token_endpoint_auth_methods=("none",),
        anonymous_pre_authorized=True,
    )
    token = TokenResponse(access_token="aB3-._~+/==", expires_in=300)
    issued = CredentialResponse(
        credentials=("a.b.c~", {"type": "VerifiableCredential"}), notification_id="n-1"
    )
    readers: dict[str, tuple[Any, Callable[[bytes], Any], dict[str, Any]]] = {
        "server-metadata": (server.to_json(), said_server_metadata, {"issuer": ISSUER}),
        "token-response": (token.to_json(), said_token, {}),
        "nonce-response": ({"c_nonce": "n" * 22}, lambda d: parse_nonce_response(d).c_nonce, {}),
        "credential-response": (issued.to_json(), said_issued, {}),
        "error-response": ({"error": "invalid_grant", "error_description": "late"}, said_error, {}),
        "answer": (
            {"redirect_uri": "https://city.example/thanks#x"},
            lambda d: parse_response_answer(d).redirect_uri,
            {},
        ),
    }
    for work, (document, read, given) in readers.items():
        for name, changed in every_change(document):
            data = json_bytes(changed)
            table.add(work, name, {**given, "data": data64(data)}, lambda r, d: r(d), read, data)
        for data in (b"", b"[]", b"{", b'{"a":1,"a":2}', b"\xff", b"null"):
            table.add(
                work, repr(data), {**given, "data": data64(data)}, lambda r, d: r(d), read, data
            )
    both_ways(table.compare())


def test_queries() -> None:
    table = Table()
    for name, document in every_change(sample_query().to_json()):
        table.add(
            "query", name, {"query": document}, lambda q: said_summary(parse_query(q)), document
        )
    paths: list[Any] = [
        [],
        ["a"] * 17,
        [1.5],
        [True],
        [None],
        ["a", 0, None],
        [2**60],
        [-1],
        {},
        None,
    ]
    for path in paths:
        table.add("claim-path", repr(path), {"path": path}, lambda p: parse_claim_path(p), path)
    both_ways(table.compare())


def test_which_credentials_answer_a_query() -> None:
    table = Table()
    rng = random.Random(2)
    for number in range(600):
        query = random_query(rng)
        candidates = [random_candidate(rng, index) for index in range(rng.randrange(4))]
        given = {"query": query, "candidates": [candidate_json(one) for one in candidates]}
        table.add(
            "match",
            f"{number}: {query} {candidates}",
            given,
            lambda q, c: said_matched(match(parse_query(q), c)),
            query,
            candidates,
        )
    assert table.compare()["refused"] == 0


def test_requests() -> None:
    table = Table()
    plain = build_request_object(sample_request())
    for name, document in every_change(plain):
        add_request(table, name, sign_compact(HEADER, json_bytes(document), SIGNER))
    for name, header in every_change(HEADER):
        if "alg" not in header:
            add_request(table, f"header {name}", sign_compact(header, json_bytes(plain), SIGNER))
    token = sign_compact(HEADER, json_bytes(plain), SIGNER)
    for seconds in (-61, -60, -59, 0, 359, 360, 361):
        now = NOW + timedelta(seconds=seconds)
        add_request(table, f"{seconds} s later", token, now=now)
    add_request(table, "another nonce of ours", token, wallet_nonce="other")
    add_request(table, "another client", token, client_id=client_id_of_did("did:web:b"))
    for damaged in (token[:-4], token[:-1] + "A", token + ".", token.replace(".", "~"), ""):
        add_request(table, damaged[-10:], damaged)
    for text in (
        CLIENT_ID,
        "",
        DID,
        "x509_san_dns:a",
        "decentralized_identifier:",
        CLIENT_ID + " ",
    ):
        table.add("verifier-did", text, {"text": text}, lambda t: verifier_did(t), text)
    both_ways(table.compare())
