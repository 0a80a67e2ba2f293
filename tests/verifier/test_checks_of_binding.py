"""The checks of the holder's signature and of what it answers, each failing alone."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.simulators.forger import Forger
from tests.simulators.judge import ASKED, failed, judge, unknown
from tests.simulators.one_change import REMOVED
from tests.simulators.sd_jwt import STRANGER
from verifier.decision import CheckName

LONG_AGO = timedelta(days=1)
HOUR = timedelta(hours=1)


# ---- holder_binding ----


def _kb_missing(forger: Forger, presented: str) -> str:
    return presented.rpartition("~")[0] + "~"


def _cnf_missing(forger: Forger, presented: str) -> str:
    return forger.bound(forger.rewritten(_kb_missing(forger, presented), {"cnf": REMOVED}))


@pytest.mark.parametrize(
    ("change", "code"),
    [(_kb_missing, "holder-missing"), (_cnf_missing, "holder-missing")],
    ids=["no-signature", "no-key"],
)
def test_refuses_a_presentation_without_its_holder(
    forger: Forger, change: Callable[[Forger, str], str], code: str
) -> None:
    verdict = judge(forger, change(forger, forger.present(forger.issue(), ASKED)))
    failed(verdict, CheckName.HOLDER_BINDING, code, "HOLDER_MISMATCH")
    assert verdict.checks[-2].code == "not-run"  # what the holder did not sign is bound to nothing


KB_CHANGES: dict[str, dict[str, Any]] = {
    "another-key": {"signer": STRANGER},
    "another-presentation": {"sd_hash": "A" * 43},
    "another-typ": {"header": {"typ": "JWT"}},
    "audience-list": {"aud": ["decentralized_identifier:x"]},
    "audience-empty": {"aud": ""},
    "nonce-number": {"nonce": 7},
    "time-text": {"iat": "now"},
}


@pytest.mark.parametrize("changes", KB_CHANGES.values(), ids=KB_CHANGES)
def test_refuses_another_holders_signature(forger: Forger, changes: dict[str, Any]) -> None:
    presented = _kb_missing(forger, forger.present(forger.issue(), ASKED))
    verdict = judge(forger, forger.bound(presented, **changes))
    failed(verdict, CheckName.HOLDER_BINDING, "holder-mismatch", "HOLDER_MISMATCH")


def test_refuses_a_signature_over_fewer_claims(forger: Forger) -> None:
    """A binding is made for exactly what was shown; nobody may add a disclosure afterwards."""
    credential = forger.issue()
    less, more = (forger.present(credential, *claims) for claims in ((), (ASKED,)))
    verdict = judge(forger, _kb_missing(forger, more) + less.rpartition("~")[2])
    failed(verdict, CheckName.HOLDER_BINDING, "holder-mismatch", "HOLDER_MISMATCH")


@pytest.mark.parametrize("name", ["exp", "nbf"])
def test_a_binding_with_times_of_its_own_is_unsupported(forger: Forger, name: str) -> None:
    presented = _kb_missing(forger, forger.present(forger.issue(), ASKED))
    verdict = judge(forger, forger.bound(presented, **{name: 1}))
    unknown(verdict, CheckName.HOLDER_BINDING, "unsupported")


# ---- request_binding ----

REQUEST_CHANGES: dict[str, dict[str, Any]] = {
    "another-audience": {"audience": "decentralized_identifier:did:web:other.example"},
    "audience-without-its-prefix": {"audience": "did:webvh:x"},
    "another-nonce": {"nonce": "m" * 32},
    "too-old": {"seconds_ago": 361},
    "from-the-future": {"seconds_ago": -61},
}


@pytest.mark.parametrize("changes", REQUEST_CHANGES.values(), ids=REQUEST_CHANGES)
def test_refuses_a_presentation_for_another_request(
    forger: Forger, changes: dict[str, Any]
) -> None:
    verdict = judge(forger, forger.present(forger.issue(), ASKED, **changes))
    failed(verdict, CheckName.REQUEST_BINDING, "binding-invalid", "REPLAYED")


@pytest.mark.parametrize("seconds", [360, -60])
def test_takes_a_presentation_at_the_edge_of_its_time(forger: Forger, seconds: int) -> None:
    verdict = judge(forger, forger.present(forger.issue(), ASKED, seconds_ago=seconds))
    assert verdict.code == "OK"


def test_the_audience_is_the_client_id_with_its_prefix(forger: Forger) -> None:
    verdict = judge(forger, forger.present(forger.issue(), ASKED, audience=forger.verifier_did))
    failed(verdict, CheckName.REQUEST_BINDING, "binding-invalid", "REPLAYED")
