"""`gwanin-verify`: the verdict on what stands in a file, whatever stands there."""

import json
import struct
import zlib
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import qrcode  # type: ignore[import-untyped]
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from qrcode.constants import ERROR_CORRECT_L  # type: ignore[import-untyped]

from credentials.securing import mechanism_of
from did_registry.actions.connect import Connection
from did_registry.actions.follow import Freshness, RegistryFollower
from did_registry.actions.foreign_dids import ForeignDids
from issuer.actions.prove_issuance import prove_issuance
from tests.simulators.city import SimulatedCity
from tests.simulators.forger import CERTIFICATE, LDP, RESIDENCY, SD_JWT, Forger
from tests.simulators.judge import ASKED
from tests.simulators.network import SimulatedNetwork
from tests.simulators.root_line import Root
from verifier.cli.verify import main
from verifier.received import MAX_TEXT_BYTES
from web.outbound import Outbound, tls_context
from web.qr import draw_png


def connection(city: SimulatedCity, outbound: Outbound | None = None) -> Connection:
    used = outbound or city.outbound
    follower = RegistryFollower(city.city.anchor, used, Freshness())
    return Connection(
        anchor=city.city.anchor,
        follower=follower,
        elsewhere=ForeignDids(used),
        outbound=used,
        clock=city.clock,
    )


def verify(
    city: SimulatedCity, data: bytes | str, *options: str, outbound: Outbound | None = None
) -> Result:
    """The command with these bytes on its standard input."""
    return CliRunner().invoke(
        main, ["-", *options], input=data, obj=lambda _: connection(city, outbound)
    )


def decision(result: Result) -> tuple[int, Any, Any]:
    document = json.loads(result.stdout)
    return result.exit_code, document["decision"], document["code"]


def test_a_credential_as_text(forger: Forger) -> None:
    result = verify(forger.city, forger.issue() + "\n", "--json")
    assert decision(result) == (0, "accepted", "OK_BEARER")
    document = json.loads(result.stdout)
    assert list(document) == ["decision", "code", "checks", "issuer", "type", "claims", "as_of"]
    assert document["claims"]["nameKo"] == "김시범"


def test_a_file_and_a_verdict_for_people(forger: Forger, tmp_path: Path) -> None:
    path = tmp_path / "credential.txt"
    path.write_text(forger.issue(), "ascii")
    result = CliRunner().invoke(main, [str(path)], obj=lambda _: connection(forger.city))
    assert result.exit_code == 0
    assert "[OK_BEARER]" in result.stdout.splitlines()[0]
    assert "  nameKo = 김시범" in result.stdout


def test_a_presentation_as_text(forger: Forger) -> None:
    result = verify(forger.city, forger.present(forger.issue(), ASKED), "--json")
    assert decision(result) == (0, "accepted", "OK_BEARER")
    claims = json.loads(result.stdout)["claims"]
    assert claims == {ASKED: True, "residentOfGu": {}}


@pytest.mark.parametrize("credential_format", [SD_JWT, LDP])
def test_a_file_with_its_issuance_proof_outlives_its_key(
    city: SimulatedCity, tmp_path: Path, credential_format: str
) -> None:
    made = city.offer(
        "GU-11620", RESIDENCY, city.claims("P01"), credential_format=credential_format
    )
    credential = city.wallet().receive(made.link, made.tx_code).accepted.serialized
    text = credential if isinstance(credential, str) else json.dumps(credential)
    Root(city).do("rotate", "GU-11620")
    assert decision(verify(city, text, "--json")) == (3, "indeterminate", "UNAVAILABLE")
    mechanism = mechanism_of(credential)
    digest = mechanism.issued_digest(mechanism.parse(credential))
    with city.city.database.reading() as session:
        proof = prove_issuance(session, "GU-11620", digest)
    assert proof is not None
    file = tmp_path / "proof.json"
    file.write_text(json.dumps(proof.to_json()), "utf-8")
    options = ("--issuance-proof", str(file), "--json")
    assert decision(verify(city, text, *options)) == (0, "accepted", "OK_BEARER")
    wrong = replace(proof, position=proof.position ^ 1)
    file.write_text(json.dumps(wrong.to_json()), "utf-8")
    assert decision(verify(city, text, *options)) == (3, "indeterminate", "UNAVAILABLE")
    file.write_text("{}", "utf-8")
    assert verify(city, text, *options).exit_code == 1


def test_a_w3c_credential_as_json(still_city: SimulatedCity) -> None:
    hr = Forger(still_city, "SEL-HR", "P12", CERTIFICATE)
    for document in (hr.issue(LDP), hr.present(hr.issue(LDP))):
        result = verify(still_city, json.dumps(document, indent=2) + "\n", "--json")
        assert decision(result) == (0, "accepted", "OK_BEARER")


def test_a_credential_in_one_large_qr_code(still_city: SimulatedCity) -> None:
    """Larger than we would draw: what fits on a screen is somebody else's choice."""
    youth = Forger(still_city, "SEL-YOUTH", "P01", "YouthAllowanceEligibilityCredential")
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_L)
    code.add_data(youth.issue().partition("~")[0] + "~")
    out = BytesIO()
    code.make_image().save(out)
    result = verify(still_city, out.getvalue(), "--json")
    assert decision(result) == (0, "accepted", "OK_BEARER")


def test_a_qr_code_is_judged_like_a_text(still_city: SimulatedCity) -> None:
    for picture in (draw_png("eyJ.eyJ.AA~"), jpeg(draw_png("eyJ.eyJ.AA~"))):
        result = verify(still_city, picture, "--json")
        assert decision(result) == (1, "rejected", "TAMPERED")


def jpeg(png: bytes) -> bytes:
    out = BytesIO()
    Image.open(BytesIO(png)).convert("L").save(out, "JPEG")
    return out.getvalue()


def side_by_side(*pictures: bytes) -> bytes:
    images = [Image.open(BytesIO(picture)).convert("L") for picture in pictures]
    sheet = Image.new("L", (sum(i.width for i in images), max(i.height for i in images)), 255)
    for place, image in enumerate(images):
        sheet.paste(image, (place * images[0].width, 0))
    out = BytesIO()
    sheet.save(out, "PNG")
    return out.getvalue()


def blank_png() -> bytes:
    out = BytesIO()
    Image.new("L", (40, 40), 255).save(out, "PNG")
    return out.getvalue()


def huge_png() -> bytes:
    """A picture that says it has 10^10 pixels."""
    head = struct.pack(">IIBBBBB", 100_000, 100_000, 8, 0, 0, 0, 0)
    chunk = b"IHDR" + head
    checksum = struct.pack(">I", zlib.crc32(chunk))
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", len(head)) + chunk + checksum


REFUSED = {
    "two-codes": (side_by_side(draw_png("one"), draw_png("two")), "malformed"),
    "no-code": (blank_png(), "no-qr-found"),
    "half-a-picture": (draw_png("x")[:100], "image-refused"),
    "a-bomb": (huge_png(), "image-refused"),
    "not-text": (b"\xff\xfe\x00", "not-a-credential"),
    "korean": ("증명서".encode(), "not-a-credential"),
    "broken-json": (b'{"a":', "malformed"),
    "json-twice": (b'{"a":1,"a":2}', "malformed"),
    "deep-json": (b'{"a":' * 40 + b"1" + b"}" * 40, "too-large"),
    "too-long": (b"a" * (MAX_TEXT_BYTES + 1), "too-large"),
    "empty": (b"", "not-a-credential"),
    "words": (b"# Gwanin", "not-a-credential"),
    "object": (b"{}", "not-a-credential"),
    "link": (b"https://gwanin.example/verify#x", "not-a-credential"),
    "offer": (draw_png("https://gwanin.example/wallet#credential_offer_uri=x"), "not-a-credential"),
}


@pytest.mark.parametrize(("data", "code"), REFUSED.values(), ids=REFUSED)
def test_refuses_what_can_not_be_a_credential(
    still_city: SimulatedCity, data: bytes, code: str
) -> None:
    result = verify(still_city, data, "--json")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith(f"{code}: ")


def test_rejects_what_looks_like_a_credential_and_is_none(still_city: SimulatedCity) -> None:
    assert decision(verify(still_city, "eyJ.eyJ.AA~", "--json")) == (1, "rejected", "TAMPERED")


def test_without_the_registry_it_is_neither_valid_nor_invalid(forger: Forger) -> None:
    cut_off = Outbound(
        allowed=frozenset(), network=SimulatedNetwork().network, tls=tls_context(None)
    )
    result = verify(forger.city, forger.issue(), "--json", outbound=cut_off)
    assert decision(result) == (3, "indeterminate", "UNAVAILABLE")


def test_refuses_without_a_trust_file(tmp_path: Path) -> None:
    """The one test that opens the registry as a user's own machine would."""
    runner = CliRunner(env={"GWANIN_DATA_DIR": str(tmp_path)})
    result = runner.invoke(main, ["-"], input="eyJ.eyJ.AA~")
    assert result.exit_code == 1
    assert result.stderr.startswith("no-trust-file: ")


def test_wants_a_file(tmp_path: Path) -> None:
    assert CliRunner().invoke(main, []).exit_code == 2
    assert CliRunner().invoke(main, [str(tmp_path / "missing")]).exit_code == 2


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    data=st.one_of(
        st.binary(max_size=200),
        st.binary(max_size=200).map(lambda tail: b"\x89PNG\r\n\x1a\n" + tail),
        st.text(alphabet='{}[]":,a1.~', max_size=60).map(str.encode),
    )
)
def test_whatever_stands_in_a_file_it_is_refused_or_judged(
    still_city: SimulatedCity, data: bytes
) -> None:
    result = verify(still_city, data, "--json")
    assert isinstance(result.exception, SystemExit)
    assert result.exit_code in {1, 3}
    assert (result.stdout == "") is (result.stderr != "")
