"""Closing a period: one padded root for each agency and day, and a proof for each holder alone."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from sqlalchemy.orm import Session

from credentials.encoding import decode_base64url
from credentials.errors import Malformed
from credentials.issuance_proof import IssuanceProof, issuance_leaf
from credentials.model import Serialized
from credentials.securing import mechanism_of
from did_registry.actions.append import LeafDraft, append
from did_registry.leaf import LeafKind
from did_registry.tlog.proof import verify_inclusion
from issuer.actions.close_batches import close_batches
from issuer.actions.prove_issuance import prove_issuance
from issuer.models import IssuanceBatch, IssuedCredential
from tests.simulators.issuing_office import GU, LABOR, IssuingOffice, holder
from tests.simulators.race import race

MIDNIGHT = datetime(2026, 3, 13, 15, tzinfo=UTC)  # of 14 March, in Seoul


class LoggedBatches:
    """Writes to the log's tables, and remembers what; fails when it is told to."""

    def __init__(self) -> None:
        self.drafts: list[LeafDraft] = []
        self.fails = False

    def record(self, session: Session, drafts: Sequence[LeafDraft], *, now: datetime) -> None:
        if self.fails:
            raise Malformed("the log takes nothing now")
        append(session, drafts, now=now)
        self.drafts += drafts

    @property
    def bodies(self) -> list[dict[str, object]]:
        assert all(draft.kind is LeafKind.BATCH for draft in self.drafts)
        return [dict(draft.body) for draft in self.drafts]


@pytest.fixture
def log() -> LoggedBatches:
    return LoggedBatches()


@pytest.fixture
def logging_office(new_office: IssuingOffice, log: LoggedBatches) -> IssuingOffice:
    new_office.context = replace(new_office.context, log=log)
    log.drafts.clear()
    return new_office


def issue(office: IssuingOffice, person: str, copies: int = 1) -> Sequence[Serialized]:
    made = office.offer(office.approve(person))
    signers = [holder(number) for number in range(1, copies + 1)]
    return office.issue(office.token(made), office.request(*signers))


def close(office: IssuingOffice, until: datetime, agency: str = GU) -> int:
    with office.database.writing() as session:
        return close_batches(session, office.context, agency, until=until, now=office.clock())


def digest_of(credential: Serialized) -> bytes:
    mechanism = mechanism_of(credential)
    return mechanism.issued_digest(mechanism.parse(credential))


def prove(office: IssuingOffice, credential: Serialized, agency: str = GU) -> IssuanceProof | None:
    with office.database.reading() as session:
        return prove_issuance(session, agency, digest_of(credential))


def test_a_days_credentials_are_one_padded_root(
    logging_office: IssuingOffice, log: LoggedBatches
) -> None:
    credentials = [*issue(logging_office, "P01", copies=3), *issue(logging_office, "P02")]
    logging_office.clock.set(MIDNIGHT + timedelta(minutes=10))
    assert close(logging_office, MIDNIGHT) == 1
    (body,) = log.bodies
    root = body.pop("root")
    assert body == {
        "agency": GU,
        "n": 64,
        "from": "2026-03-12T15:00:00Z",
        "until": "2026-03-13T15:00:00Z",
    }
    for credential in credentials:
        proof = prove(logging_office, credential)
        assert proof is not None
        leaf = issuance_leaf(proof.salt, digest_of(credential))
        verify_inclusion(leaf, proof.position, 64, proof.path, decode_base64url(str(root)))


def test_each_credential_has_a_salt_of_its_own(
    logging_office: IssuingOffice, log: LoggedBatches
) -> None:
    credentials = issue(logging_office, "P01", copies=3)
    close(logging_office, MIDNIGHT)
    proofs = [prove(logging_office, credential) for credential in credentials]
    assert len({proof.salt for proof in proofs if proof is not None}) == 3


def test_each_day_in_seoul_has_a_leaf_of_its_own_after_an_outage(
    logging_office: IssuingOffice, log: LoggedBatches
) -> None:
    issue(logging_office, "P01")
    logging_office.clock.advance(days=3)
    issue(logging_office, "P02")
    logging_office.clock.advance(days=1)
    assert close(logging_office, MIDNIGHT + timedelta(days=3)) == 2
    assert [body["from"] for body in log.bodies] == ["2026-03-12T15:00:00Z", "2026-03-15T15:00:00Z"]
    assert close(logging_office, MIDNIGHT + timedelta(days=3)) == 0


def test_what_is_issued_later_waits_for_the_next_period(
    logging_office: IssuingOffice, log: LoggedBatches
) -> None:
    (early,) = issue(logging_office, "P01")
    logging_office.clock.set(MIDNIGHT)
    (late,) = issue(logging_office, "P02")
    close(logging_office, MIDNIGHT)
    assert prove(logging_office, early) is not None
    assert prove(logging_office, late) is None


def test_a_day_that_is_cut_short_goes_on_in_another_leaf(
    logging_office: IssuingOffice, log: LoggedBatches
) -> None:
    (early,) = issue(logging_office, "P01")
    noon = logging_office.clock() + timedelta(seconds=1)
    logging_office.clock.advance(seconds=2)
    close(logging_office, noon)
    (late,) = issue(logging_office, "P02")
    logging_office.clock.set(MIDNIGHT)
    close(logging_office, MIDNIGHT)
    assert [body["until"] for body in log.bodies] == [
        "2026-03-13T03:00:01Z",
        "2026-03-13T15:00:00Z",
    ]
    assert prove(logging_office, early) is not None
    assert prove(logging_office, late) is not None


def test_a_period_without_credentials_has_no_leaf(
    logging_office: IssuingOffice, log: LoggedBatches
) -> None:
    issue(logging_office, "P01")
    assert close(logging_office, MIDNIGHT, LABOR) == 0
    assert log.drafts == []


def test_another_agency_proves_nothing_of_it(
    logging_office: IssuingOffice, log: LoggedBatches
) -> None:
    (credential,) = issue(logging_office, "P01")
    assert prove(logging_office, credential) is None
    close(logging_office, MIDNIGHT)
    assert prove(logging_office, credential, LABOR) is None


def test_a_batch_is_kept_with_its_leaf_or_not_at_all(
    logging_office: IssuingOffice, log: LoggedBatches
) -> None:
    (credential,) = issue(logging_office, "P01")
    log.fails = True
    with pytest.raises(Malformed):
        close(logging_office, MIDNIGHT)
    assert logging_office.count(IssuanceBatch) == 0
    log.fails = False
    close(logging_office, MIDNIGHT)
    assert prove(logging_office, credential) is not None


def test_of_those_who_close_and_issue_at_once_every_credential_gets_one_leaf(
    logging_office: IssuingOffice, log: LoggedBatches
) -> None:
    people = ("P01", "P02", "P03", "P04")
    tokens = [
        logging_office.token(logging_office.offer(logging_office.approve(person)))
        for person in people
    ]
    acts: list[Callable[[], object]] = [
        partial(logging_office.issue, token, logging_office.request(holder(number)))
        for number, token in enumerate(tokens, start=1)
    ]
    acts += [partial(close, logging_office, MIDNIGHT) for _ in range(3)]
    race(acts)
    close(logging_office, MIDNIGHT)
    assert logging_office.count(IssuedCredential) == len(people)
    with logging_office.database.reading() as session:
        digests = [row.digest for row in session.query(IssuedCredential)]
        proofs = [prove_issuance(session, GU, digest) for digest in digests]
    assert None not in proofs
    assert len({str(body["root"]) for body in log.bodies}) == logging_office.count(IssuanceBatch)
