"""RFC 9901 §4.2 and §7.1: each rule for disclosures and digests, broken alone."""

import json
import os
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credentials.claims import ClaimPath, Claims, select
from credentials.disclosures import (
    MAX_DEPTH,
    MAX_DISCLOSURES,
    Disclosures,
    choose,
    conceal,
    disclosure_digests,
    parse_disclosures,
    parse_signed_json,
    reveal,
)
from credentials.encoding import decode_base64url, encode_base64url
from credentials.errors import Error, Malformed, TooLarge, Unsupported
from credentials.strict_json import parse_json
from tests.simulators.sd_jwt import digest, disclosure

NAME = disclosure("salt-1", "name", "김시범")
AGE = disclosure("salt-2", "age", 26)
SEOUL = disclosure("salt-3", "서울")

NAMES = st.text(max_size=4).filter(lambda name: name not in {"_sd", "_sd_alg", "..."})
JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner),
    max_leaves=8,
)
CLAIMS = st.dictionaries(NAMES, JSON, max_size=4)


def opened(*texts: str) -> Disclosures:
    return parse_disclosures(texts)


def only(disclosures: Disclosures, chosen: set[str]) -> Disclosures:
    return {digest: content for digest, content in disclosures.items() if digest in chosen}


def nested(depth: int) -> Any:
    """A value with this many objects in one another."""
    value: Any = "deep"
    for _ in range(depth):
        value = {"in": value}
    return value


def test_hashes_the_base64url_text_as_in_the_specification() -> None:
    # RFC 9901 §4.2.3 and §4.2.4.2.
    family_name = "WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0"
    france = "WyJsa2x4RjVqTVlsR1RQVW92TU5JdkNBIiwgIkZSIl0"
    assert disclosure_digests([family_name, france]) == [
        "X9yH0Ajrdm1Oij4tWso9UzzKJvPoDxwmuEcO3XAdRC0",
        "w0I8EKcdCtUPkGCNUrfwVp2xEgNjtoIDlOxc9-PlOhs",
    ]


@given(st.lists(st.text("abcXYZ019-_", max_size=20), max_size=5))
def test_the_digests_of_many_are_the_digests_of_each(texts: list[str]) -> None:
    assert disclosure_digests(texts) == [digest(text) for text in texts]


@pytest.mark.parametrize(
    "text",
    [
        "WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0",
        "WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsICJmYW1pbHlfbmFtZSIsICJNXHUwMGY2Yml1cyJd",
        "WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsImZhbWlseV9uYW1lIiwiTcO2Yml1cyJd",
        "WwoiXzI2YmM0TFQtYWM2cTJLSTZjQlc1ZXMiLAoiZmFtaWx5X25hbWUiLAoiTcO2Yml1cyIKXQ",
    ],
    ids=["spaces", "escapes", "compact", "newlines"],
)
def test_reads_every_spelling_of_the_json_in_the_specification(text: str) -> None:
    assert opened(text) == {digest(text): ["_26bc4LT-ac6q2KI6cBW5es", "family_name", "Möbius"]}


def test_keeps_the_order_of_the_disclosures() -> None:
    assert list(opened(NAME, SEOUL, AGE)) == [digest(NAME), digest(SEOUL), digest(AGE)]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(encode_base64url(b'["salt","name",{"a":1,"a":2}]'), id="a-name-twice"),
        pytest.param(encode_base64url(b'["salt","name",NaN]'), id="nan"),
        pytest.param(encode_base64url(b'["salt","name","\\ud800"]'), id="lone-surrogate"),
        pytest.param(encode_base64url(b'["salt","name",1'), id="unfinished"),
        pytest.param(encode_base64url(b'\xef\xbb\xbf["salt","name",1]'), id="byte-order-mark"),
        pytest.param(encode_base64url(b'["salt","name","\xff"]'), id="not-utf8"),
        pytest.param("", id="nothing"),
        pytest.param(NAME + "=", id="padded"),
        pytest.param(NAME[:-1] + "*", id="not-base64url"),
        pytest.param("김시범", id="not-ascii"),
    ],
)
def test_refuses_what_is_no_json_in_base64url(text: str) -> None:
    with pytest.raises(Malformed):
        opened(NAME, text)


def test_refuses_a_disclosure_used_twice() -> None:
    with pytest.raises(Malformed):
        opened(NAME, AGE, NAME)


def test_takes_as_many_disclosures_as_the_bound_and_not_one_more() -> None:
    texts = [disclosure("salt", "name", index) for index in range(MAX_DISCLOSURES + 1)]
    assert len(opened(*texts[:-1])) == MAX_DISCLOSURES
    with pytest.raises(TooLarge):
        opened(*texts)


def outcome(read: Any, texts: list[bytes]) -> Any:
    try:
        return [json.dumps(value) for value in read(texts)]
    except Error as error:
        return error.code


@settings(max_examples=300)
@given(
    st.lists(
        st.binary(max_size=12)
        | st.text('[]{}",:\\u0 -.1e9nul', max_size=12).map(str.encode)
        | JSON.map(lambda value: json.dumps(value).encode())
        | JSON.map(lambda value: json.dumps(value, separators=(",", ":")).encode())
        | st.sampled_from([b"18446744073709551616", b"-0", b"1.0", b"1e5", b'{"a":1,"a":1}']),
        max_size=3,
    )
)
def test_signed_json_is_read_as_the_strict_parser_reads_it(texts: list[bytes]) -> None:
    assert outcome(parse_signed_json, texts) == outcome(
        lambda all_: [*map(parse_json, all_)], texts
    )


@pytest.mark.parametrize(
    "texts",
    [
        [b'["a",1', b"2]"],
        [b'["a",1', b'2],["b"]', b"3"],
        [b'["a"],["b"]'],
        [b"1", b""],
        [b'["a"', b'"b"]', b'["c"],["d"]'],
    ],
)
def test_signed_json_never_reads_two_texts_as_other_two(texts: list[bytes]) -> None:
    with pytest.raises(Malformed):
        parse_signed_json(texts)


def test_signed_json_that_orjson_cannot_hold_goes_to_the_strict_parser() -> None:
    with pytest.raises(TooLarge):
        parse_signed_json([b"[" * 300 + b"]" * 300])


def test_puts_every_disclosure_in_its_place() -> None:
    street = disclosure("salt", "street", "예시로 1")
    address = disclosure("salt", "address", {"_sd": [digest(street)], "city": "서울"})
    payload: Claims = {
        "_sd": [digest(address), digest("a decoy")],
        "_sd_alg": "sha-256",
        "cities": ["부산", {"...": digest(SEOUL)}, {"...": digest("another decoy")}],
        "iss": "did:example:1",
    }
    before = json.dumps(payload)
    assert reveal(payload, opened(street, address, SEOUL)) == {
        "address": {"city": "서울", "street": "예시로 1"},
        "cities": ["부산", "서울"],
        "iss": "did:example:1",
    }
    assert json.dumps(payload) == before


def test_leaves_an_empty_object_where_nothing_is_disclosed() -> None:
    assert reveal({"over": {"_sd": [digest(NAME)]}, "list": [{"...": digest(AGE)}]}, {}) == {
        "over": {},
        "list": [],
    }


def test_allows_an_empty_array_of_digests_and_a_missing_algorithm() -> None:
    assert reveal({"_sd": [], "a": 1}, {}) == {"a": 1}


@pytest.mark.parametrize("algorithm", ["sha-512", "SHA-256", "md5", "", None, 256])
def test_refuses_digests_that_are_not_sha_256(algorithm: Any) -> None:
    with pytest.raises(Unsupported):
        reveal({"_sd": [digest(NAME)], "_sd_alg": algorithm}, opened(NAME))


@pytest.mark.parametrize(
    ("payload", "texts"),
    [
        ({"_sd": [digest(NAME)]}, [NAME, AGE]),
        ({"_sd": [digest(NAME), digest(NAME)]}, [NAME]),
        ({"_sd": [digest(NAME)], "in": {"_sd": [digest(NAME)]}}, [NAME]),
        ({"_sd": [digest("decoy"), digest("decoy")]}, []),
        ({"_sd": [digest(SEOUL)], "in": [{"...": digest(SEOUL)}]}, []),
        ({"_sd": [digest(NAME)], "name": "박견본"}, [NAME]),
        ({"_sd": [digest(NAME), digest(disclosure("salt-9", "name", 1))]},
         [NAME, disclosure("salt-9", "name", 1)]),
        ({"_sd": [digest(SEOUL)]}, [SEOUL]),
        ({"in": [{"...": digest(NAME)}]}, [NAME]),
        ({"in": [{"...": digest(SEOUL), "more": 1}]}, [SEOUL]),
        ({"in": [{"...": digest(SEOUL), "_sd": []}]}, [SEOUL]),
        ({"in": {"...": digest(SEOUL)}}, []),
        ({"...": digest(SEOUL)}, []),
        ({"in": [{"...": 1}]}, []),
        ({"in": [{"...": None}]}, []),
        ({"_sd": digest(NAME)}, []),
        ({"_sd": {}}, []),
        ({"_sd": None}, []),
        ({"_sd": [digest(NAME), 1]}, [NAME]),
        ({"_sd": [[]]}, []),
        ({"in": {"_sd_alg": "sha-256"}}, []),
        ({"in": [{"_sd_alg": "sha-256"}]}, []),
    ],
    ids=[
        "unreferenced-disclosure",
        "digest-twice-in-one-array",
        "digest-twice-in-two-objects",
        "decoy-twice",
        "digest-twice-as-member-and-element",
        "name-is-there-in-clear",
        "name-disclosed-twice",
        "element-for-member",
        "member-for-element",
        "element-digest-with-another-member",
        "element-digest-with-an-_sd-array",
        "dots-in-a-member",
        "dots-at-the-top",
        "element-digest-is-a-number",
        "element-digest-is-null",
        "_sd-is-a-text",
        "_sd-is-an-object",
        "_sd-is-null",
        "_sd-with-a-number",
        "_sd-with-an-array",
        "algorithm-in-an-object",
        "algorithm-in-an-array",
    ],
)  # fmt: skip
def test_refuses_to_reveal(payload: Claims, texts: list[str]) -> None:
    with pytest.raises(Malformed):
        reveal(payload, opened(*texts))


@pytest.mark.parametrize(
    "content",
    [
        {"0": "salt", "1": "name", "2": "value"},
        "abc",
        None,
        [],
        ["salt"],
        ["salt", "name", 1, 2],
        [1, "name", 2],
        [None, "name", 2],
        ["salt", 1, 2],
        ["salt", None, 2],
        ["salt", "_sd", []],
        ["salt", "...", ""],
        ["salt", "_sd_alg", "sha-256"],
    ],
    ids=repr,
)
def test_refuses_to_reveal_as_a_member(content: Any) -> None:
    text = encode_base64url(json.dumps(content).encode())
    with pytest.raises(Malformed):
        reveal({"_sd": [digest(text)]}, opened(text))


@pytest.mark.parametrize(
    "content", [{"0": "salt", "1": "x"}, "ab", None, [], ["salt"], [1, 2], [None, 2]], ids=repr
)
def test_refuses_to_reveal_as_an_array_element(content: Any) -> None:
    text = encode_base64url(json.dumps(content).encode())
    with pytest.raises(Malformed):
        reveal({"list": [{"...": digest(text)}]}, opened(text))


def test_refuses_a_digest_that_a_disclosure_repeats() -> None:
    outer = disclosure("salt", "outer", {"_sd": [digest(NAME)]})
    with pytest.raises(Malformed):
        reveal({"_sd": [digest(outer), digest(NAME)]}, opened(outer, NAME))


def test_refuses_a_disclosure_whose_parent_is_withheld() -> None:
    outer = disclosure("salt", "outer", {"_sd": [digest(NAME)]})
    with pytest.raises(Malformed):
        reveal({"_sd": [digest(outer)]}, opened(NAME))


def test_refuses_reserved_names_inside_a_disclosed_value() -> None:
    outer = disclosure("salt", "outer", {"_sd_alg": "sha-256"})
    with pytest.raises(Malformed):
        reveal({"_sd": [digest(outer)]}, opened(outer))


def test_goes_as_deep_as_the_bound_and_not_deeper() -> None:
    assert reveal({"in": nested(MAX_DEPTH - 1)}, {}) == {"in": nested(MAX_DEPTH - 1)}
    with pytest.raises(TooLarge):
        reveal({"in": nested(MAX_DEPTH)}, {})
    with pytest.raises(TooLarge):
        reveal({"in": [nested(MAX_DEPTH - 1)]}, {})


def test_counts_the_depth_through_disclosures() -> None:
    texts = [disclosure("salt", "leaf", 1)]
    for index in range(MAX_DEPTH):
        texts.append(disclosure("salt", f"level-{index}", {"_sd": [digest(texts[-1])]}))
    allowed, refused = texts[:-1], texts
    assert reveal({"_sd": [digest(allowed[-1])]}, opened(*allowed))
    with pytest.raises(TooLarge):
        reveal({"_sd": [digest(refused[-1])]}, opened(*refused))


def concealed(
    claims: Claims, *paths: ClaimPath, digests: dict[ClaimPath, int] | None = None
) -> tuple[Claims, list[str]]:
    return conceal(claims, paths=paths, digests=digests or {}, entropy=os.urandom)


def test_conceals_members_elements_and_what_is_in_them() -> None:
    claims: Claims = {
        "residentOfGu": {"11620": True, "11110": False},
        "cities": ["서울", "부산"],
        "name": "김시범",
    }
    paths: list[ClaimPath] = [
        ("residentOfGu",),
        ("residentOfGu", "11620"),
        ("residentOfGu", "11110"),
        ("cities", 1),
    ]
    payload, texts = concealed(claims, *paths)
    assert payload.keys() == {"_sd", "cities", "name"}
    assert select(payload, ("cities", 0)) == ["서울"]
    [busan] = [text for text in texts if "부산" in json.loads(decode_base64url(text))]
    assert select(payload, ("cities", 1)) == [{"...": digest(busan)}]
    assert len(texts) == 4
    assert reveal(payload, opened(*texts)) == claims


def test_conceals_every_element_where_the_path_says_so() -> None:
    claims: Claims = {"list": [{"a": 1, "b": [1, 2]}, {"b": [3]}, "text"]}
    payload, texts = concealed(claims, ("list", None, "b", None))
    assert len(texts) == 3
    assert reveal(payload, {}) == {"list": [{"a": 1, "b": []}, {"b": []}, "text"]}
    payload, texts = concealed(claims, ("list", None))
    assert (list(payload), len(texts), reveal(payload, {})) == (["list"], 3, {"list": []})


@pytest.mark.parametrize(
    "path", [("missing",), ("name", "in"), ("name", 0), ("name", None), ("list", 7), ("list", "a")]
)
def test_a_path_that_leads_nowhere_conceals_nothing(path: ClaimPath) -> None:
    claims: Claims = {"name": "김시범", "list": [1]}
    assert concealed(claims, path) == (claims, [])


def test_writes_no_array_of_digests_where_nothing_is_concealed() -> None:
    assert concealed({"a": {"b": 1}}) == ({"a": {"b": 1}}, [])


def test_sorts_the_digests_so_that_their_order_tells_nothing() -> None:
    claims: Claims = dict.fromkeys("abcdefgh", 1)
    payload, _ = concealed(claims, *((name,) for name in claims), digests={(): 12})
    digests: Any = payload["_sd"]
    assert digests == sorted(digests)


def test_gives_every_disclosure_a_salt_of_its_own() -> None:
    claims: Claims = {name: {"same": [1]} for name in "abcd"}
    _, texts = concealed(claims, *((name, "same", 0) for name in claims))
    salts = {json.loads(decode_base64url(text))[0] for text in texts}
    assert len(salts) == 4
    assert {len(decode_base64url(salt)) * 8 for salt in salts} == {144}


def test_is_deterministic_given_its_entropy() -> None:
    def entropy(size: int) -> bytes:
        return bytes(range(size))

    first, second = (
        conceal({"a": 1, "b": 2}, paths=[("a",), ("b",)], digests={(): 3}, entropy=entropy)
        for _ in range(2)
    )
    assert first == second


@pytest.mark.parametrize("present", [0, 1, 3])
def test_pads_the_digests_of_an_object_with_decoys(present: int) -> None:
    inner: Claims = {str(index): index for index in range(present)}
    paths = [("in", name) for name in inner]
    payload, texts = concealed({"in": inner}, *paths, digests={("in",): 3})
    [object_] = select(payload, ("in",))
    assert isinstance(object_, dict)
    digests: Any = object_["_sd"]
    assert len(set(digests)) == 3
    assert {len(decode_base64url(one)) for one in digests} == {32}
    assert reveal(payload, opened(*texts)) == {"in": inner}


def test_pads_the_credential_itself_and_objects_in_arrays() -> None:
    payload, _ = concealed({"list": [{"a": 1}, {"b": 2}]}, digests={(): 2, ("list", None): 4})
    lists: list[Any] = [payload["_sd"], *select(payload, ("list", None, "_sd"))]
    assert [len(digests) for digests in lists] == [2, 4, 4]


def test_needs_no_decoys_for_an_object_that_this_person_lacks() -> None:
    assert concealed({"a": 1}, digests={("in",): 3}) == ({"a": 1}, [])


@pytest.mark.parametrize(
    ("claims", "paths", "digests"),
    [
        ({"a": 1, "b": 2}, [("a",), ("b",)], {(): 1}),
        ({"a": "text"}, [], {("a",): 3}),
        ({"a": [1]}, [], {("a",): 3}),
        ({"_sd": []}, [], {}),
        ({"a": {"_sd": []}}, [], {}),
        ({"a": [{"...": ""}]}, [], {}),
        ({"...": ""}, [], {}),
        ({"a": {"_sd_alg": ""}}, [("a",)], {}),
        ({"a": float("nan")}, [("a",)], {}),
        ({"a": "\ud800"}, [("a",)], {}),
        ({"a": 2**53}, [("a",)], {}),
    ],
    ids=[
        "fewer-digests-than-claims",
        "decoys-in-a-text",
        "decoys-in-an-array",
        "named-_sd",
        "named-_sd-inside",
        "named-...-in-an-array",
        "named-...",
        "named-_sd_alg",
        "nan",
        "lone-surrogate",
        "integer-beyond-53-bits",
    ],
)
def test_refuses_to_conceal(
    claims: Claims, paths: list[ClaimPath], digests: dict[ClaimPath, int]
) -> None:
    with pytest.raises(Malformed):
        conceal(claims, paths=paths, digests=digests, entropy=os.urandom)


def test_conceals_nothing_that_could_not_be_revealed() -> None:
    concealed({"in": nested(MAX_DEPTH - 1)})
    with pytest.raises(TooLarge):
        concealed({"in": nested(MAX_DEPTH)})
    with pytest.raises(TooLarge):
        concealed({"in": [nested(MAX_DEPTH - 1)]})
    _, texts = concealed({"list": [*range(MAX_DISCLOSURES)]}, ("list", None))
    assert len(texts) == MAX_DISCLOSURES
    elements: Claims = {"list": [*range(MAX_DISCLOSURES + 1)]}
    with pytest.raises(TooLarge):
        concealed(elements, ("list", None))


def paths_of(value: Any, path: ClaimPath = ()) -> Iterator[ClaimPath]:
    """The path of everything in a value."""
    if isinstance(value, dict | list):
        for step, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield (*path, step)
            yield from paths_of(inner, (*path, step))


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_reveals_what_was_concealed_and_withholds_what_was_not_chosen(data: st.DataObject) -> None:
    claims = data.draw(CLAIMS)
    hidden = [path for path in paths_of(claims) if data.draw(st.booleans())]
    payload, texts = concealed(claims, *hidden)
    disclosures = opened(*texts)
    assert len(texts) == len(hidden)
    assert reveal(payload, disclosures) == claims
    wanted = [path for path in paths_of(claims) if data.draw(st.booleans())]
    chosen = choose(payload, disclosures, wanted)
    shown = [
        path
        for path in hidden
        if any(path[: len(to)] == to or to[: len(path)] == path for to in wanted)
    ]
    assert len(chosen) == len(shown)
    revealed = reveal(payload, only(disclosures, chosen))
    for path in wanted:
        if not any(isinstance(step, int) for step in path):
            assert select(revealed, path) == select(claims, path)


RESIDENCE: Claims = {
    "name": "김시범",
    "gu": {"11620": True, "11110": False},
    "cities": [{"name": "서울", "since": 2019}, {"name": "부산", "since": 2011}],
}
RESIDENCE_PATHS: list[ClaimPath] = [
    ("name",),
    ("gu",),
    ("gu", "11620"),
    ("gu", "11110"),
    ("cities", None),
    ("cities", None, "since"),
]


@pytest.mark.parametrize(
    ("paths", "shown"),
    [
        ([], {"cities": []}),
        ([("name",)], {"name": "김시범", "cities": []}),
        ([("gu", "11620")], {"gu": {"11620": True}, "cities": []}),
        ([("gu",)], {"gu": RESIDENCE["gu"], "cities": []}),
        ([("cities", 1, "name")], {"cities": [{"name": "부산"}]}),
        ([("cities", None, "since")], {"cities": RESIDENCE["cities"]}),
        ([("cities", 0)], {"cities": [{"name": "서울", "since": 2019}]}),
        ([("cities",)], {"cities": RESIDENCE["cities"]}),
    ],
    ids=["nothing", "member", "inner-member", "whole", "element", "every", "index", "array"],
)
def test_chooses_the_claims_on_the_way_and_no_others(paths: list[ClaimPath], shown: Claims) -> None:
    payload, texts = concealed(RESIDENCE, *RESIDENCE_PATHS)
    disclosures = opened(*texts)
    assert reveal(payload, only(disclosures, choose(payload, disclosures, paths))) == shown


@pytest.mark.parametrize("path", [("missing",), ("gu", "99999"), ("cities", 2), ("name", 0)])
def test_refuses_to_choose_a_claim_that_is_not_there(path: ClaimPath) -> None:
    payload, texts = concealed(RESIDENCE, *RESIDENCE_PATHS)
    with pytest.raises(Malformed):
        choose(payload, opened(*texts), [("name",), path])


def test_refuses_to_choose_from_bad_disclosures() -> None:
    with pytest.raises(Malformed):
        choose({"a": 1}, opened(NAME), [])
