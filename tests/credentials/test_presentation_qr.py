"""The citizen's QR code in Python: strict, bounded, and the same as in the browser."""

import json
import shutil
import subprocess
import zlib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.base45 import encode_base45
from credentials.errors import BindingInvalid, Error, Malformed, TooLarge, Unsupported
from credentials.model import HolderBinding
from credentials.presentation_qr import (
    AUDIENCE,
    MAX_QR_CHARS,
    WINDOW,
    check_window,
    encode_presentation_qr,
    parse_presentation_qr,
    window_request,
)
from credentials.sd_jwt import MAX_SD_JWT_BYTES
from credentials.validity import LEEWAY

NOW = datetime(2026, 3, 13, 3, 4, 41, tzinfo=UTC)
START = NOW.replace(second=0)
NONCE = "2026-03-13T03:04:00Z"
SECOND = timedelta(seconds=1)
MODULE = Path(__file__).parents[2] / "web/static/js/presentation_qr.js"
# Reads [["parse", text] | ["check", {audience, nonce, issuedAt}, now], …]; writes codes or texts.
NODE = f"""
import {{ checkWindow, parsePresentationQr }} from {json.dumps(MODULE.as_uri())};
import {{ HolderBinding }} from {json.dumps((MODULE.parent / "holder_binding.js").as_uri())};
const chunks = [];
for await (const chunk of process.stdin) chunks.push(chunk);
const answers = [];
for (const [work, given, now] of JSON.parse(Buffer.concat(chunks).toString('utf8'))) {{
  try {{
    if (work === 'parse') answers.push(await parsePresentationQr(given));
    else answers.push(checkWindow(new HolderBinding(given), now) ?? 'passed');
  }} catch (error) {{
    answers.push(error.code ?? String(error.stack));
  }}
}}
process.stdout.write(JSON.stringify(answers));
"""


def in_the_browsers_twin(works: list[Any]) -> list[Any]:
    node = shutil.which("node")
    assert node is not None, "`node` is missing: install Node.js 20 or later"
    command = [node, "--input-type=module", "-e", NODE]
    ran = subprocess.run(command, input=json.dumps(works), capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    answers: list[Any] = json.loads(ran.stdout)
    return answers


def qr(stream: bytes) -> str:
    return "GWN1:" + encode_base45(stream)


def with_dictionary() -> bytes:
    compressor = zlib.compressobj(zdict=b"eyJ0eXAi")
    return compressor.compress(b"eyJ0eXAi~x") + compressor.flush()


STREAM = zlib.compress(b"a~b~c")
TEXTS: dict[str, tuple[str, type[Error] | str]] = {
    "whole": (qr(STREAM), "a~b~c"),
    "another-level": (qr(zlib.compress(b"a~b~c", 0)), "a~b~c"),
    "as-long-as-allowed": (
        qr(zlib.compress(b"a" * MAX_SD_JWT_BYTES)), "a" * MAX_SD_JWT_BYTES,
    ),
    "one-byte-more": (qr(zlib.compress(b"a" * (MAX_SD_JWT_BYTES + 1))), TooLarge),
    "bomb": (qr(zlib.compress(b"a" * 2_500_000, 9)), TooLarge),
    "too-many-characters": ("GWN1:" + "0" * MAX_QR_CHARS, TooLarge),
    "another-version": ("GWN2:" + encode_base45(STREAM), Unsupported),
    "far-version": ("GWN0017:X", Unsupported),
    "lower-case": ("gwn1:" + encode_base45(STREAM), Malformed),
    "an-address": ("https://gwanin.example/verify", Malformed),
    "empty": ("", Malformed),
    "prefix-alone": ("GWN1:", Malformed),
    "space-before": (" " + qr(STREAM), Malformed),
    "no-base45": ("GWN1:abc", Malformed),
    "cut-off": (qr(STREAM[:-1]), Malformed),
    "nothing-but-a-head": (qr(STREAM[:2]), Malformed),
    "wrong-checksum": (qr(STREAM[:-1] + bytes([STREAM[-1] ^ 1])), Malformed),
    "something-behind": (qr(STREAM + b"\0"), Malformed),
    "a-second-stream": (qr(STREAM + STREAM), Malformed),
    "gzip": (qr(zlib.compress(b"a~b~c", wbits=31)), Malformed),
    "raw-deflate": (qr(zlib.compress(b"a~b~c", wbits=-15)), Malformed),
    "a-dictionary": (qr(with_dictionary()), Malformed),
    "no-text": (qr(zlib.compress(b"\xff\xfe")), Malformed),
}  # fmt: skip


@pytest.mark.parametrize("name", TEXTS)
def test_reads_one_form_and_refuses_every_other(name: str) -> None:
    text, expected = TEXTS[name]
    if isinstance(expected, str):
        assert parse_presentation_qr(text) == expected
        return
    with pytest.raises(Error) as refused:
        parse_presentation_qr(text)
    assert type(refused.value) is expected


def test_the_browser_reads_and_refuses_the_same() -> None:
    answers = in_the_browsers_twin([["parse", text] for text, _ in TEXTS.values()])
    codes = [found if isinstance(found, str) else found.code for _, found in TEXTS.values()]
    assert dict(zip(TEXTS, answers, strict=True)) == dict(zip(TEXTS, codes, strict=True))


@given(st.text("abcXYZ019-_.~=", max_size=300).filter(lambda text: not text.endswith("~")))
def test_gives_back_what_was_written(presentation: str) -> None:
    assert parse_presentation_qr(encode_presentation_qr(presentation)) == presentation


@given(st.text(max_size=60) | st.binary(max_size=60).map(qr))
def test_no_text_gets_anything_but_our_refusals(text: str) -> None:
    try:
        parse_presentation_qr(text)
    except Error:
        return


def test_writes_nothing_that_no_code_can_hold() -> None:
    noise = "".join(f"{hash((7, at)) % 10**16:016}" for at in range(600))
    with pytest.raises(TooLarge):
        encode_presentation_qr(noise)


def test_writes_nothing_that_anybody_could_repeat() -> None:
    with pytest.raises(Malformed):
        encode_presentation_qr("eyJ.eyJ.sig~disclosure~")


def test_what_is_signed_for_is_the_minute_in_which_it_was_made() -> None:
    request = window_request(NOW)
    assert (request.audience, request.nonce, request.now) == (AUDIENCE, NONCE, NOW)


def binding(**changes: Any) -> HolderBinding:
    return HolderBinding(**{"audience": AUDIENCE, "nonce": NONCE, "issued_at": NOW, **changes})


WINDOWS: dict[str, tuple[HolderBinding, datetime, type[Error] | None]] = {
    "at-once": (binding(), NOW, None),
    "at-its-start": (binding(issued_at=START), START, None),
    "clock-behind-by-the-leeway": (binding(issued_at=START), START - LEEWAY, None),
    "clock-further-behind": (binding(issued_at=START), START - LEEWAY - SECOND, BindingInvalid),
    "last-second": (binding(), START + WINDOW + LEEWAY - SECOND, None),
    "one-second-late": (binding(), START + WINDOW + LEEWAY, BindingInvalid),
    "signed-in-the-last-second": (binding(issued_at=START + WINDOW - SECOND), NOW + WINDOW, None),
    "signed-after-the-window": (binding(issued_at=START + WINDOW), NOW + WINDOW, BindingInvalid),
    "signed-before-the-window": (binding(issued_at=START - SECOND), NOW, BindingInvalid),
    "for-a-verifier": (binding(audience="decentralized_identifier:did:x:y"), NOW, BindingInvalid),
    "for-nobody": (binding(audience=None), NOW, BindingInvalid),
    "not-a-whole-minute": (binding(nonce="2026-03-13T03:04:05Z"), NOW, BindingInvalid),
    "another-zone": (binding(nonce="2026-03-13T12:04:00+09:00"), NOW, BindingInvalid),
    "a-fraction": (binding(nonce="2026-03-13T03:04:00.0Z"), NOW, BindingInvalid),
    "no-moment": (binding(nonce="n" * 32), NOW, Malformed),
    "no-nonce": (binding(nonce=""), NOW, Malformed),
    "the-end-of-time": (binding(nonce="9999-12-31T23:59:00Z"), NOW, BindingInvalid),
    "the-beginning-of-time": (binding(nonce="0001-01-01T00:00:00Z"), NOW, BindingInvalid),
}


@pytest.mark.parametrize("name", WINDOWS)
def test_a_window_counts_while_it_is_open(name: str) -> None:
    shown, now, expected = WINDOWS[name]
    if expected is None:
        check_window(shown, now)
        return
    with pytest.raises(Error) as refused:
        check_window(shown, now)
    assert type(refused.value) is expected


def test_a_binding_without_a_nonce_is_for_no_window() -> None:
    with pytest.raises(Malformed):
        check_window(binding(nonce=None), NOW)


def test_the_browser_opens_and_closes_the_same_windows() -> None:
    works = [
        [
            "check",
            {
                "audience": shown.audience,
                "nonce": shown.nonce,
                "issuedAt": shown.issued_at.timestamp() * 1000,
            },
            now.timestamp() * 1000,
        ]
        for shown, now, _ in WINDOWS.values()
    ]
    expected = ["passed" if found is None else found.code for *_, found in WINDOWS.values()]
    answers = in_the_browsers_twin(works)
    assert dict(zip(WINDOWS, answers, strict=True)) == dict(zip(WINDOWS, expected, strict=True))
