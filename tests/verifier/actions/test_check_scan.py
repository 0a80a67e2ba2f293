"""A citizen's QR code is judged once, in its time, for what was asked; and nothing of it stays."""

import zlib
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy import select

from credentials.base45 import encode_base45
from credentials.encoding import decode_base64url, encode_base64url
from credentials.errors import Error, Malformed, TooLarge, Unsupported
from credentials.keys import KeyType
from credentials.presentation_qr import MAX_QR_CHARS
from did_registry.errors import NotAccredited, OverAsking
from issuer.actions.change_status import StatusChange
from schemas.seoul_calendar import day_in_seoul
from tests.simulators.citizen_qr import CitizenWithQr, code_of, window
from tests.simulators.city import SimulatedCity, city_settings, seed_city
from tests.simulators.clock import SimulatedClock
from tests.simulators.forger import Forger
from tests.simulators.judge import failed, judge
from tests.simulators.root import SimulatedRoot
from tests.simulators.sd_jwt import STRANGER
from verifier import store
from verifier.actions.check_scan import REMEMBERED, check_scan
from verifier.decision import CheckName, Decision, Verdict
from verifier.decision_count import Way
from verifier.errors import NothingAsked, UnknownVerifier
from verifier.models import RequestRow, TakenCodeRow

SEOUL: Final = "SeoulResidencyCredential.residentOfSeoul"
MEMBER: Final = "SeoulCitizenCardCredential.member"
P256_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def scan(city: SimulatedCity, text: str, *asked: str, verifier: str = "VER-LIB") -> Verdict:
    return check_scan(city.city.verifier, verifier, asked or (MEMBER,), text, now=city.clock())


def word(city: SimulatedCity, text: str, *asked: str) -> str:
    return scan(city, text, *asked).code


def test_what_was_asked_is_told_and_what_was_shown_beyond_it_is_not(city: SimulatedCity) -> None:
    text = CitizenWithQr(city).qr("member", "seoulResident", "memberId", "memberSince")
    verdict = scan(city, text)
    assert (verdict.decision, verdict.code) == (Decision.ACCEPTED, "OK")
    assert verdict.claims == {"member": True}
    assert verdict.issuer is not None
    assert verdict.issuer.code == "SEL-CIVIL"


def test_nothing_is_kept_but_a_digest_and_a_count(city: SimulatedCity) -> None:
    text = CitizenWithQr(city).qr("member")
    scan(city, text)
    now = city.clock()
    with city.city.database.reading() as session:
        [row] = session.scalars(select(TakenCodeRow)).all()
        assert (row.verifier, len(row.digest), row.forget_at) == ("VER-LIB", 32, now + REMEMBERED)
        [day] = store.counts(session, "VER-LIB", day_in_seoul(now))
        assert (day.way, day.code, day.times) == (Way.SCAN, "OK", 1)
        assert session.scalars(select(RequestRow)).all() == []


def test_a_code_counts_once_at_each_verifier(city: SimulatedCity) -> None:
    text = CitizenWithQr(city).qr("member")
    assert word(city, text) == "OK"
    again = scan(city, text)
    assert (again.decision, again.code, again.claims) == (Decision.REJECTED, "REPLAYED", {})
    SimulatedRoot(city).register("VER-EMP", MEMBER)
    assert scan(city, text, verifier="VER-EMP").code == "OK"


def test_the_same_code_compressed_anew_is_no_new_code(city: SimulatedCity) -> None:
    presentation = CitizenWithQr(city).present("member")
    assert isinstance(presentation, str)
    assert word(city, code_of(presentation)) == "OK"

    other = "GWN1:" + encode_base45(zlib.compress(presentation.encode(), 1))
    assert other != code_of(presentation)
    assert word(city, other) == "REPLAYED"


def test_the_other_form_of_an_ecdsa_signature_makes_no_new_code(city: SimulatedCity) -> None:
    presentation = CitizenWithQr(city).present("member")
    assert isinstance(presentation, str)
    head, _, signature = presentation.rpartition(".")
    raw = decode_base64url(signature)
    flipped = raw[:32] + (P256_ORDER - int.from_bytes(raw[32:])).to_bytes(32)
    twin = f"{head}.{encode_base64url(flipped)}"
    assert word(city, code_of(presentation)) == "OK"
    assert word(city, code_of(twin)) == "REPLAYED"


def test_another_code_of_the_same_minute_is_another_code(city: SimulatedCity) -> None:
    citizen = CitizenWithQr(city)
    assert word(city, citizen.qr("member")) == "OK"
    city.clock.advance(seconds=5)
    assert word(city, citizen.qr("member")) == "OK"


def test_a_rejected_code_is_used_up_as_well(city: SimulatedCity) -> None:
    """Asked for another thing first, the same code is no longer worth anything."""
    text = CitizenWithQr(city).qr("member")
    assert word(city, text, SEOUL) == "RULE_NOT_MET"
    assert word(city, text) == "REPLAYED"


@pytest.mark.parametrize(
    ("seconds", "expected"), [(0, "OK"), (179, "OK"), (180, "REPLAYED"), (86_400, "REPLAYED")]
)
def test_a_code_counts_in_its_window(city: SimulatedCity, seconds: int, expected: str) -> None:
    text = CitizenWithQr(city).qr("member")
    city.clock.advance(seconds=seconds)
    assert word(city, text) == expected


def test_a_code_is_remembered_until_its_window_is_over_and_not_longer(city: SimulatedCity) -> None:
    citizen = CitizenWithQr(city)
    text = citizen.qr("member")
    assert word(city, text) == "OK"
    city.clock.advance(seconds=int(REMEMBERED.total_seconds()) - 1)
    assert word(city, text) == "REPLAYED"
    city.clock.advance(seconds=1)
    word(city, citizen.qr("member"))
    with city.city.database.reading() as session:
        [row] = session.scalars(select(TakenCodeRow)).all()
    assert row.forget_at == city.clock() + REMEMBERED


@pytest.mark.parametrize(
    ("change", "reason", "expected"),
    [(StatusChange.REVOKE, "R02", "REVOKED"), (StatusChange.SUSPEND, "S01", "SUSPENDED")],
    ids=["revoked", "suspended"],
)
def test_what_was_taken_back_is_told_so_each_time(
    city: SimulatedCity, change: StatusChange, reason: str, expected: str
) -> None:
    citizen = CitizenWithQr(city)
    citizen.change_status(change, reason)
    text = citizen.qr("member")
    assert [word(city, text), word(city, text)] == [expected, expected]


def test_a_code_for_a_verifier_is_no_code_for_a_scan(city: SimulatedCity) -> None:
    forger = _forger(city)
    shown = forger.present(forger.issue(), "member", nonce=window(city)["nonce"])
    assert word(city, code_of(shown)) == "REPLAYED"


def test_a_code_is_no_answer_to_a_request(city: SimulatedCity) -> None:
    forger = _forger(city)
    shown = forger.present(forger.issue(), "member", **window(city))
    verdict = judge(forger, shown, question=forger.question("member"))
    failed(verdict, CheckName.REQUEST_BINDING, "binding-invalid", "REPLAYED")


def test_a_code_that_was_never_bound_to_a_moment_is_refused(city: SimulatedCity) -> None:
    forger = _forger(city)
    shown = forger.present(
        forger.issue(), "member", audience=window(city)["audience"], nonce="n" * 32
    )
    assert word(city, code_of(shown)) == "REPLAYED"


FORGED: Final = {
    "rewritten-claims": "TAMPERED",
    "another-holder": "HOLDER_MISMATCH",
    "no-holder": "HOLDER_MISMATCH",
    "a-stranger's-key": "TAMPERED",
    "expired": "EXPIRED",
    "unknown-issuer": "UNKNOWN_ISSUER",
}


@pytest.mark.parametrize("case", FORGED)
def test_a_forged_code_gets_its_word(city: SimulatedCity, case: str) -> None:
    forger = _forger(city)
    credential = forger.issue()
    shown: Any = forger.present(credential, "member", **window(city))
    match case:
        case "rewritten-claims":
            jwt, rest = shown.split("~", 1)
            header, payload, signature = jwt.split(".")
            altered = decode_base64url(payload).replace(b'"iss"', b'"iss" ')
            shown = f"{header}.{encode_base64url(altered)}.{signature}~{rest}"
        case "another-holder":
            bound = {"aud": window(city)["audience"], "nonce": window(city)["nonce"]}
            presented = shown.rpartition("~")[0] + "~"
            shown = forger.bound(presented, signer=STRANGER, **bound)
        case "no-holder":
            shown = shown.rpartition("~")[0] + "~"
            verdict = scan(city, "GWN1:" + encode_base45(_zlib(shown)))
            assert verdict.code == FORGED[case]
            return
        case "a-stranger's-key":
            shown = _present(forger, forger.rewritten(credential, signer=STRANGER))
        case "expired":
            past = int((city.clock() - timedelta(days=1)).timestamp())
            shown = _present(forger, forger.rewritten(credential, {"exp": past}))
        case "unknown-issuer":
            did = forger.did.replace("SEL-CIVIL", "GU-99999")
            kid = f"{did}#{forger.key_id(KeyType.P256).partition('#')[2]}"
            shown = _present(
                forger, forger.rewritten(credential, {"iss": did}, header={"kid": kid})
            )
    verdict = scan(city, code_of(shown))
    assert (verdict.code, verdict.claims) == (FORGED[case], {})


def test_a_code_of_another_city_has_an_unknown_issuer(city: SimulatedCity, tmp_path: Path) -> None:
    settings = city_settings(tmp_path / "other", GWANIN_PUBLIC_URL="https://other.example")
    seed_city(settings, SimulatedClock())
    other = SimulatedCity(settings, SimulatedClock())
    try:
        assert word(city, CitizenWithQr(other).qr("member")) == "UNKNOWN_ISSUER"
    finally:
        other.close()


NO_CODES: Final[dict[str, tuple[str, type[Error]]]] = {
    "an-address": ("https://gwanin.example/verify", Malformed),
    "a-barcode": ("8801234567893", Malformed),
    "nothing": ("", Malformed),
    "half-a-code": ("GWN1:ABC", Malformed),
    "another-version": ("GWN2:ABC", Unsupported),
    "four-thousand-bytes": ("GWN1:" + "9" * 4000, Malformed),
    "more-than-a-code-holds": ("GWN1:" + "A" * MAX_QR_CHARS, TooLarge),
}


@pytest.mark.parametrize("case", NO_CODES)
def test_what_is_no_code_of_ours_is_refused_and_counts_for_nothing(
    city: SimulatedCity, case: str
) -> None:
    text, refusal = NO_CODES[case]
    with pytest.raises(refusal):
        scan(city, text)
    with city.city.database.reading() as session:
        assert store.counts(session, "VER-LIB", day_in_seoul(city.clock())) == []


def test_noise_in_the_shape_of_a_code_is_judged(city: SimulatedCity) -> None:
    noise = "GWN1:" + encode_base45(_zlib("x" * 4000))
    assert word(city, noise) == "TAMPERED"


def test_nobody_scans_for_more_than_their_registration(city: SimulatedCity) -> None:
    text = CitizenWithQr(city).qr("member", "memberId")
    with pytest.raises(OverAsking):
        scan(city, text, MEMBER, "SeoulCitizenCardCredential.memberId")
    assert word(city, text) == "OK"  # and the code was not used up by it


@pytest.mark.parametrize("asked", [(), (SEOUL, MEMBER)], ids=["nothing", "two-types"])
def test_a_scan_asks_for_something_of_one_type(city: SimulatedCity, asked: tuple[str, ...]) -> None:
    with pytest.raises(NothingAsked):
        check_scan(city.city.verifier, "VER-LIB", asked, "GWN1:", now=city.clock())


def test_nobody_scans_without_a_registration(city: SimulatedCity) -> None:
    text = CitizenWithQr(city).qr("member")
    with pytest.raises(UnknownVerifier):
        scan(city, text, verifier="VER-NONE")
    city.clock.advance(days=366)
    with pytest.raises(NotAccredited):
        scan(city, text)


def _forger(city: SimulatedCity) -> Forger:
    return Forger(city, "SEL-CIVIL", "P01", "SeoulCitizenCardCredential")


def _zlib(text: str) -> bytes:

    return zlib.compress(text.encode())


def _present(forger: Forger, credential: str) -> str:
    shown: str = forger.present(credential, "member", **window(forger.city))
    return shown
