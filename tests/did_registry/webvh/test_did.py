import pytest
from hypothesis import given
from hypothesis import strategies as st

from did_registry.errors import DidInvalid
from did_registry.webvh.did import (
    MAX_DID_CHARS,
    MAX_PATH_SEGMENTS,
    Did,
    files_url,
    is_loopback,
    log_url,
    parse_did,
    placeholder_did,
    witness_url,
)

SCID = "QmPBLVBvxN4dCGxE2q9jj46TTf5uX7UmvYjJGDGZysu72F"

ADDRESSES = {
    "example.com": "https://example.com/.well-known/did.jsonl",
    "issuer.example.com": "https://issuer.example.com/.well-known/did.jsonl",
    "example.com:dids:issuer": "https://example.com/dids/issuer/did.jsonl",
    "example.com%3A3000:dids:issuer": "https://example.com:3000/dids/issuer/did.jsonl",
    "example.com%3A3000": "https://example.com:3000/.well-known/did.jsonl",
    "example.com%3A1": "https://example.com:1/.well-known/did.jsonl",
    "example.com%3A65535": "https://example.com:65535/.well-known/did.jsonl",
    "xn--jp-cd2fp15c.xn--fsq.jp:%E7%94%A8%E6%88%B7": (
        "https://xn--jp-cd2fp15c.xn--fsq.jp/%E7%94%A8%E6%88%B7/did.jsonl"
    ),
    "localhost%3A8000:dids:SEL-DIG": "https://localhost:8000/dids/SEL-DIG/did.jsonl",
    "seoul.localhost:dids": "https://seoul.localhost/dids/did.jsonl",
    "example.com:%7Ekim": "https://example.com/~kim/did.jsonl",
    "example.com:a..b:.c": "https://example.com/a..b/.c/did.jsonl",
    f"example.com:{SCID}": f"https://example.com/{SCID}/did.jsonl",
    "7.example": "https://7.example/.well-known/did.jsonl",
}

REFUSED = {
    "empty": "",
    "no host": f"did:webvh:{SCID}",
    "empty host": f"did:webvh:{SCID}:",
    "another method": f"did:web:{SCID}:example.com",
    "upper-case method": f"did:WebVH:{SCID}:example.com",
    "upper-case scheme": f"DID:webvh:{SCID}:example.com",
    "no SCID": "did:webvh:example.com",
    "the placeholder": "did:webvh:{SCID}:example.com",
    "SCID too short": f"did:webvh:{SCID[:-1]}:example.com",
    "SCID too long": f"did:webvh:{SCID}1:example.com",
    "SCID not base58": f"did:webvh:{SCID[:-1]}0:example.com",
    "SCID of another hash": f"did:webvh:z{SCID[1:]}:example.com",
    "upper-case host": f"did:webvh:{SCID}:Example.com",
    "one label": f"did:webvh:{SCID}:example",
    "empty label": f"did:webvh:{SCID}:example..com",
    "trailing dot": f"did:webvh:{SCID}:example.com.",
    "label begins with a hyphen": f"did:webvh:{SCID}:-a.example",
    "label ends with a hyphen": f"did:webvh:{SCID}:a-.example",
    "label of 64": f"did:webvh:{SCID}:{'a' * 64}.example",
    "host of 254": f"did:webvh:{SCID}:{'.'.join(['a' * 49] * 5)}.abcd",
    "underscore": f"did:webvh:{SCID}:a_b.example",
    "U-label": f"did:webvh:{SCID}:例.jp",
    "escaped U-label": f"did:webvh:{SCID}:%E4%BE%8B.jp",
    "fullwidth digits": f"did:webvh:{SCID}:example.１２７",
    "IPv4": f"did:webvh:{SCID}:127.0.0.1",
    "IPv4 and port": f"did:webvh:{SCID}:127.0.0.1%3A8080",
    "IPv4 short": f"did:webvh:{SCID}:127.1",
    "IPv4 in hexadecimal": f"did:webvh:{SCID}:127.0.0.0x1",
    "IPv4 with an empty hexadecimal": f"did:webvh:{SCID}:127.0.0.0x",
    "IPv6": f"did:webvh:{SCID}:[::1]",
    "escaped dots": f"did:webvh:{SCID}:127%2E0%2E0%2E1",
    "port in small letters": f"did:webvh:{SCID}:example.com%3a8080",
    "port with a bare colon": f"did:webvh:{SCID}:example.com::8080",
    "port missing": f"did:webvh:{SCID}:example.com%3A",
    "port zero": f"did:webvh:{SCID}:example.com%3A0",
    "port with a leading zero": f"did:webvh:{SCID}:example.com%3A0443",
    "port 65536": f"did:webvh:{SCID}:example.com%3A65536",
    "port of six digits": f"did:webvh:{SCID}:example.com%3A100000",
    "port twice": f"did:webvh:{SCID}:example.com%3A80%3A80",
    "port in other digits": f"did:webvh:{SCID}:example.com%3A８０",
    "user name": f"did:webvh:{SCID}:a@example.com",
    "empty segment": f"did:webvh:{SCID}:example.com:a::b",
    "trailing colon": f"did:webvh:{SCID}:example.com:",
    "dot": f"did:webvh:{SCID}:example.com:.",
    "dot dot": f"did:webvh:{SCID}:example.com:..:..:admin",
    "escaped dot dot": f"did:webvh:{SCID}:example.com:%2E%2E:admin",
    "escaped slash": f"did:webvh:{SCID}:example.com:a%2Fb",
    "escaped backslash": f"did:webvh:{SCID}:example.com:a%5Cb",
    "escaped zero byte": f"did:webvh:{SCID}:example.com:a%00b",
    "escaped newline": f"did:webvh:{SCID}:example.com:a%0Ab",
    "escaped space at the end": f"did:webvh:{SCID}:example.com:a%20",
    "escaped letter": f"did:webvh:{SCID}:example.com:%61",
    "escape in small letters": f"did:webvh:{SCID}:example.com:%e7%94%a8",
    "half an escape": f"did:webvh:{SCID}:example.com:%E",
    "escape that is not UTF-8": f"did:webvh:{SCID}:example.com:%FF",
    "overlong UTF-8": f"did:webvh:{SCID}:example.com:%C0%AE",
    "unescaped path character": f"did:webvh:{SCID}:example.com:用户",
    "slash": f"did:webvh:{SCID}:example.com/a",
    "query": f"did:webvh:{SCID}:example.com?versionId=1",
    "fragment in the host": f"did:webvh:{SCID}:127.0.0.1#x",
    "fragment in the path": f"did:webvh:{SCID}:example.com:dids#key-0",
    "space in front": f" did:webvh:{SCID}:example.com",
    "newline at the end": f"did:webvh:{SCID}:example.com\n",
    "too many segments": f"did:webvh:{SCID}:example.com" + ":a" * (MAX_PATH_SEGMENTS + 1),
    "too long": f"did:webvh:{SCID}:example.com:" + "a" * (MAX_DID_CHARS - 68),
}


@pytest.mark.parametrize(("rest", "url"), ADDRESSES.items(), ids=list(ADDRESSES))
def test_a_did_leads_to_its_log(rest: str, url: str) -> None:
    did = parse_did(f"did:webvh:{SCID}:{rest}")
    assert log_url(did, unsafe_http_loopback=False) == url
    assert witness_url(did, unsafe_http_loopback=False) == url.replace(
        "did.jsonl", "did-witness.json"
    )
    assert str(did) == f"did:webvh:{SCID}:{rest}"


@pytest.mark.parametrize("text", REFUSED.values(), ids=list(REFUSED))
def test_refuses_every_other_spelling(text: str) -> None:
    with pytest.raises(DidInvalid):
        parse_did(text)


@pytest.mark.parametrize(
    ("rest", "expected"),
    [
        ("localhost%3A8000:dids", "http://localhost:8000/dids/did.jsonl"),
        ("seoul.localhost", "http://seoul.localhost/.well-known/did.jsonl"),
        ("localhost.example", "https://localhost.example/.well-known/did.jsonl"),
        ("notlocalhost.com", "https://notlocalhost.com/.well-known/did.jsonl"),
    ],
)
def test_only_this_machine_is_reached_without_tls(rest: str, expected: str) -> None:
    did = parse_did(f"did:webvh:{SCID}:{rest}")
    assert log_url(did, unsafe_http_loopback=True) == expected
    assert is_loopback(did) == expected.startswith("http:")


def test_files_stand_below_the_host_and_not_below_well_known() -> None:
    assert files_url(parse_did(f"did:webvh:{SCID}:example.com")) == "https://example.com/"
    below = parse_did(f"did:webvh:{SCID}:example.com%3A81:dids:a")
    assert files_url(below) == "https://example.com:81/dids/a/"


def test_a_did_of_1024_characters_is_not_too_long() -> None:
    text = f"did:webvh:{SCID}:example.com:"
    text += "a" * (MAX_DID_CHARS - len(text))
    assert str(parse_did(text)) == text


def test_takes_a_did_apart() -> None:
    did = parse_did(f"did:webvh:{SCID}:example.com%3A81:dids:a")
    assert did == Did(scid=SCID, host="example.com", port=81, path=("dids", "a"))


def test_a_placeholder_becomes_a_did_when_the_scid_is_known() -> None:
    template = placeholder_did("localhost", 8000, ("dids", "SEL-DIG", "{SCID}"))
    assert template == "did:webvh:{SCID}:localhost%3A8000:dids:SEL-DIG:{SCID}"
    assert parse_did(template.replace("{SCID}", SCID)).path[2] == SCID


def test_a_placeholder_is_as_strict_as_a_did() -> None:
    with pytest.raises(DidInvalid):
        placeholder_did("127.0.0.1", 8000, ())


@given(st.text(max_size=60))
def test_any_text_behind_the_scid_is_our_error_or_stays_as_it_is(text: str) -> None:
    whole = f"did:webvh:{SCID}:{text}"
    try:
        did = parse_did(whole)
    except DidInvalid:
        return
    assert str(did) == whole
    assert ".." not in log_url(did, unsafe_http_loopback=False).split("/")


@given(st.text(alphabet="aA.%2Ee5cF:3-", max_size=30))
def test_a_did_that_is_accepted_keeps_its_path_below_its_host(text: str) -> None:
    try:
        did = parse_did(f"did:webvh:{SCID}:example.com:{text}")
    except DidInvalid:
        return
    url = log_url(did, unsafe_http_loopback=False)
    assert url.startswith("https://example.com/")
    assert url.count("/") == 3 + len(did.path)
