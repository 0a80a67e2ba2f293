"""Every kind of leaf that a replica must not take, each wrong in one thing."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.encoding import encode_base64url
from credentials.errors import Error, KeyMismatch, SignatureInvalid
from credentials.jcs import canonicalize
from credentials.json_object import parse_object
from credentials.validity import Validity
from did_registry.errors import LeafRejected, LogInconsistent
from did_registry.leaf import MAX_LEAF_BYTES, LeafKind
from did_registry.replica import CLOCK_SKEW, Replica
from did_registry.tlog.errors import CheckpointNotSigned
from did_registry.tlog.note import Ed25519NoteSigner, encode_note, verifier_key
from did_registry.view import RegistryView
from tests.simulators.one_change import changed
from tests.simulators.registry_log import (
    FRAGMENT,
    LOG_KEY,
    ORIGIN,
    Member,
    RegistryLog,
    genesis,
    log_key,
    next_line,
    rechained,
    signing_key,
    update_key,
)
from tests.simulators.webvh_log import resign

DIGEST = encode_base64url(b"\x11" * 32)
OTHER_DIGEST = encode_base64url(b"\x22" * 32)
SECOND = timedelta(seconds=1)


@pytest.fixture
def log() -> RegistryLog:
    """The root, one agency and its right to issue, a day later."""
    log = RegistryLog()
    agency = log.member("GU-11620")
    log.accredit(agency, "SeoulResidencyCredential")
    log.clock.advance(days=1)
    return log


def _agency(log: RegistryLog) -> Member:
    history = log.replica().confirm(log.note(), log_key(), log.clock()).histories
    scid = next(scid for scid, found in history.items() if found.did.path[-1] == "GU-11620")
    return Member("GU-11620", 2, history[scid])


def _refused(log: RegistryLog, leaf: bytes, because: str) -> None:
    """The leaf is refused at its index, and the replica goes on as if it had not come."""
    replica = log.replica()
    with pytest.raises(LeafRejected) as refused:
        replica.append(leaf, log.clock())
    assert refused.value.index == len(log.leaves)
    assert str(refused.value).startswith(f"leaf-rejected: leaf {len(log.leaves)}: {because}")
    log.add(LeafKind.SCHEMA, "types/Next/v1", {"h": DIGEST})
    replica.append(log.leaves[-1], log.clock())
    assert replica.confirm(log.note(), log_key(), log.clock()) == log.view()


def test_what_follows_from_all_leaves(log: RegistryLog) -> None:
    agency = _agency(log)
    log.add(LeafKind.SCHEMA, "types/T/v1", {"h": DIGEST})
    library = log.member("VER-LIB")
    log.register(library, "SeoulResidencyCredential.ageOver19")
    view = log.view()
    assert (view.checkpoint.size, view.as_of, view.root) == (6, log.clock(), log.root.did)
    assert set(view.histories) == {m.did.scid for m in (log.root, agency, library)}
    assert set(view.accreditations) == {str(agency.did)}
    assert set(view.registrations) == {str(library.did)}
    assert view.schemas == {"types/T/v1": b"\x11" * 32}


def test_a_view_does_not_change_when_the_replica_goes_on(log: RegistryLog) -> None:
    replica = log.replica()
    view = replica.confirm(log.note(), log_key(), log.clock())
    before = (dict(view.histories), dict(view.accreditations), dict(view.schemas))
    late = log.member("SEL-WELFARE")
    log.accredit(late, "SeoulResidencyCredential")
    log.add(LeafKind.SCHEMA, "types/T/v1", {"h": DIGEST})
    for leaf in log.leaves[view.checkpoint.size :]:
        replica.append(leaf, log.clock())
    assert (view.histories, view.accreditations, view.schemas) == before


# Chain and time


def _rebuilt(**changes: Any) -> Callable[[RegistryLog], bytes]:
    """The next leaf, with the index or predecessor of another one."""

    def build(log: RegistryLog) -> bytes:
        forged = log.build(LeafKind.SCHEMA, "types/T/v1", {"h": DIGEST})
        return canonicalize(parse_object(forged).members | changes)

    return build


@pytest.mark.parametrize(
    ("build", "because"),
    [
        (_rebuilt(i=2), "leaf-chain-broken: leaf 2 stands where leaf 3 belongs"),
        (_rebuilt(i=4), "leaf-chain-broken: leaf 4 stands where leaf 3 belongs"),
        (_rebuilt(prev="A" * 43 + "="), "leaf-chain-broken: leaf 3 does not name the leaf before"),
        (_rebuilt(kind="vote"), "unsupported"),
        (_rebuilt(v=2), "unsupported"),
        (_rebuilt(body={"h": "short"}), "malformed"),
        (lambda _: b"{}", "malformed"),
        (lambda _: b"", "malformed"),
        (lambda _: b" " * (MAX_LEAF_BYTES + 1), "too-large"),
    ],
    ids=["index-back", "index-gap", "prev", "kind", "version", "body", "empty", "none", "large"],
)
def test_refuses_a_leaf_out_of_its_place_or_form(
    log: RegistryLog, build: Callable[[RegistryLog], bytes], because: str
) -> None:
    _refused(log, build(log), because)


def test_time_may_stand_still_and_not_go_back(log: RegistryLog) -> None:
    now = log.clock()
    first = log.build(LeafKind.SCHEMA, "types/T/v1", {"h": DIGEST}, time=now)
    log.leaves.append(first)
    log.leaves.append(log.build(LeafKind.SCHEMA, "types/U/v1", {"h": DIGEST}, time=now))
    log.replica()
    back = log.build(LeafKind.SCHEMA, "types/V/v1", {"h": DIGEST}, time=now - SECOND)
    _refused(log, back, "log-inconsistent: the leaf is dated before its predecessor")


def test_a_rejected_leaf_does_not_move_the_time(log: RegistryLog) -> None:
    replica = log.replica()
    now = log.clock()
    bad = log.build(LeafKind.ACCREDITATION, "X", {"credential": {"no": 1}}, time=now + SECOND)
    with pytest.raises(LeafRejected):
        replica.append(bad, now)
    replica.append(log.build(LeafKind.SCHEMA, "types/T/v1", {"h": DIGEST}, time=now), now)


def test_the_logs_clock_may_be_ahead_by_the_skew_only(log: RegistryLog) -> None:
    border = log.clock() + CLOCK_SKEW
    log.replica().append(log.build(LeafKind.SCHEMA, "t", {"h": DIGEST}, time=border), log.clock())
    beyond = log.build(LeafKind.SCHEMA, "t", {"h": DIGEST}, time=border + SECOND)
    _refused(log, beyond, "log-inconsistent: the leaf is dated in the future")


# DID entries


def test_refuses_an_entry_under_another_subject(log: RegistryLog) -> None:
    entry = parse_object(genesis("SEL-YOUTH", 9, log.clock())).members
    _refused(
        log,
        log.build(LeafKind.DID, "another-subject", {"entry": entry}),
        "log-inconsistent: the leaf's subject is not the SCID of its entry",
    )


def test_refuses_a_later_entry_under_the_subject_of_another_did(log: RegistryLog) -> None:
    entry = parse_object(next_line(_agency(log), log.clock())).members
    _refused(log, log.build(LeafKind.DID, log.root.did.scid, {"entry": entry}), "log-")


def test_refuses_a_second_first_entry_of_one_did(log: RegistryLog) -> None:
    scid, entry = log.root.did.scid, parse_object(log.leaves[0]).object("body").members["entry"]
    _refused(log, log.build(LeafKind.DID, scid, {"entry": entry}), "log-out-of-sequence: entry 2")


def test_refuses_an_entry_that_the_committed_key_did_not_sign(log: RegistryLog) -> None:
    agency = _agency(log)
    entry = parse_object(next_line(agency, log.clock())).members
    stolen = resign(entry, [update_key(agency.number, 1)])
    leaf = log.build(LeafKind.DID, agency.did.scid, {"entry": stolen})
    _refused(log, leaf, "log-key-not-authorised: entry 2")


def test_refuses_an_entry_that_was_changed_after_signing(log: RegistryLog) -> None:
    agency = _agency(log)
    entry = changed(
        parse_object(next_line(agency, log.clock())).members, "state", "service", 0, "type", to="X"
    )
    leaf = log.build(LeafKind.DID, agency.did.scid, {"entry": entry})
    _refused(log, leaf, "log-hash-mismatch: entry 2")


def test_refuses_the_same_entry_twice(log: RegistryLog) -> None:
    agency = _agency(log)
    log.rotate(agency)
    log.clock.advance(days=1)
    entry = parse_object(log.leaves[-1]).object("body").members["entry"]
    leaf = log.build(LeafKind.DID, agency.did.scid, {"entry": entry})
    _refused(log, leaf, "log-out-of-sequence: entry 3")


# Accreditations and registrations


def _leaf(log: RegistryLog, credential: Any, subject: str | None = None) -> bytes:
    subject = _agency(log).did.scid if subject is None else subject
    return log.build(LeafKind.ACCREDITATION, subject, {"credential": credential})


def _accreditation(log: RegistryLog, **changes: Any) -> bytes:
    return _leaf(log, log.accreditation(_agency(log), "T", **changes))


def test_refuses_an_accreditation_signed_by_a_key_that_is_not_listed(log: RegistryLog) -> None:
    _refused(log, _accreditation(log, key_id=f"{log.root.did}#other-1"), "unknown-key")


def test_refuses_an_accreditation_signed_by_another_key_of_the_name(log: RegistryLog) -> None:
    _refused(log, _accreditation(log, signer=signing_key(2)), "signature-invalid")


def test_refuses_an_accreditation_by_another_did(log: RegistryLog) -> None:
    agency = _agency(log)
    leaf = _accreditation(log, root=str(agency.did), key_id=agency.key_id, signer=agency.signer)
    _refused(log, leaf, "key-mismatch: only the registry's root")


def test_refuses_an_accreditation_by_a_key_that_the_root_has_retired(log: RegistryLog) -> None:
    old = log.root.signer
    log.rotate(log.root)
    _refused(log, _accreditation(log, signer=old), "signature-invalid")
    log.leaves.append(_accreditation(log, signer=signing_key(1, 2)))
    log.view()


def test_refuses_an_accreditation_logged_before_the_root_had_its_key() -> None:
    log = RegistryLog()
    log.clock.advance(minutes=-1)
    early = log.clock()
    log.clock.advance(minutes=1)
    credential = log.accreditation(log.root, "T")
    backdated = log.build(
        LeafKind.ACCREDITATION, log.root.did.scid, {"credential": credential}, time=early
    )
    # The chain's own rule about time would refuse it too, so the rule is asked without the chain.
    first = rechained(log.leaves, t="2026-03-13T02:58:00Z")
    replica = Replica(log.root.did)
    replica.append(first[0], log.clock())
    relinked = rechained([first[0], backdated])
    with pytest.raises(LeafRejected, match="unknown-key: the DID did not exist at that time"):
        replica.append(relinked[1], log.clock())


def test_refuses_an_accreditation_after_the_end_of_the_root(log: RegistryLog) -> None:
    log.deactivate(log.root)
    leaf = _accreditation(log, key_id=f"{log.root.did}#{FRAGMENT}", signer=signing_key(1))
    _refused(log, leaf, "unknown-key: the DID was deactivated")


def test_refuses_a_right_that_never_ends(log: RegistryLog) -> None:
    endless = Validity(log.clock(), None)
    _refused(log, _accreditation(log, validity=endless), "unsupported: a right that never ends")


def test_refuses_an_accreditation_for_a_did_that_is_not_in_the_log(log: RegistryLog) -> None:
    stranger = RegistryLog().member("SEL-YOUTH")
    credential = log.accreditation(stranger, "T")
    because = "log-inconsistent: the leaf's subject is not the SCID of a DID in the log"
    _refused(log, _leaf(log, credential, stranger.did.scid), because)


def test_refuses_an_accreditation_under_the_subject_of_another_did(log: RegistryLog) -> None:
    credential = log.accreditation(_agency(log), "T")
    because = "log-inconsistent: the leaf's subject is not the SCID of a DID in the log"
    _refused(log, _leaf(log, credential, log.root.did.scid), because)


def test_refuses_an_accreditation_of_a_did_at_another_address(log: RegistryLog) -> None:
    moved = str(_agency(log).did).replace("registry.", "elsewhere.")
    because = "log-inconsistent: the leaf's subject is not the SCID of a DID in the log"
    _refused(log, _accreditation(log, claims={"issuerDid": moved}), because)


def test_refuses_what_was_changed_after_the_root_signed_it(log: RegistryLog) -> None:
    credential = log.accreditation(_agency(log), "T")
    subject = "credentialSubject"
    forged = changed(credential, subject, "allowedTypes", to=["T", "U"])
    _refused(log, _leaf(log, forged), "signature-invalid")


@pytest.mark.parametrize("name", ["issuerDid", "allowedTypes", "nameKo", "nameEn"])
def test_refuses_an_accreditation_that_lacks_a_claim(log: RegistryLog, name: str) -> None:
    _refused(log, _accreditation(log, claims={name: 7}), f"malformed: credentialSubject.{name}")


def test_refuses_an_accreditation_of_too_many_types(log: RegistryLog) -> None:
    types = [f"T{n}" for n in range(65)]
    because = "malformed: credentialSubject.allowedTypes must be at most 64"
    _refused(log, _accreditation(log, claims={"allowedTypes": types}), because)
    log.leaves.append(_accreditation(log, claims={"allowedTypes": types[:64]}))
    log.view()


def test_refuses_a_registration_in_the_place_of_an_accreditation(log: RegistryLog) -> None:
    credential = log.registration(_agency(log), "T.a")
    _refused(log, _leaf(log, credential), "malformed: the leaf's credential is not a IssuerAccr")


def test_refuses_an_accreditation_in_the_place_of_a_registration(log: RegistryLog) -> None:
    agency = _agency(log)
    leaf = log.build(
        LeafKind.VERIFIER, agency.did.scid, {"credential": log.accreditation(agency, "T")}
    )
    _refused(log, leaf, "malformed: the leaf's credential is not a VerifierRegistration")


def _registration(log: RegistryLog, subject: str | None = None, **changes: Any) -> bytes:
    agency = _agency(log)
    credential = log.registration(agency, "T.a", **changes)
    subject = agency.did.scid if subject is None else subject
    return log.build(LeafKind.VERIFIER, subject, {"credential": credential})


def test_refuses_a_registration_that_never_ends(log: RegistryLog) -> None:
    endless = Validity(log.clock(), None)
    _refused(log, _registration(log, validity=endless), "unsupported: a right that never ends")


def test_refuses_a_registration_signed_by_another_key(log: RegistryLog) -> None:
    _refused(log, _registration(log, signer=signing_key(2)), "signature-invalid")


def test_refuses_a_registration_by_another_did(log: RegistryLog) -> None:
    agency = _agency(log)
    leaf = _registration(log, root=str(agency.did), key_id=agency.key_id, signer=agency.signer)
    _refused(log, leaf, "key-mismatch: only the registry's root")


def test_refuses_a_registration_under_the_subject_of_another_did(log: RegistryLog) -> None:
    leaf = _registration(log, log.root.did.scid)
    _refused(log, leaf, "log-inconsistent: the leaf's subject is not the SCID of a DID in the log")


@pytest.mark.parametrize(
    "name",
    ["verifierDid", "attributes", "purpose", "purposeEn", "legalBasis", "retentionDays", "nameKo"],
)
def test_refuses_a_registration_that_lacks_a_claim(log: RegistryLog, name: str) -> None:
    leaf = _registration(log, claims={name: {"no": 1}})
    _refused(log, leaf, f"malformed: credentialSubject.{name}")


def test_refuses_a_registration_of_too_many_attributes(log: RegistryLog) -> None:
    attributes = [f"T.a{n}" for n in range(129)]
    _refused(log, _registration(log, claims={"attributes": attributes}), "malformed")
    log.leaves.append(_registration(log, claims={"attributes": attributes[:128]}))
    log.view()


def test_nothing_is_accredited_before_the_root_is_in_the_log(log: RegistryLog) -> None:
    agency = _agency(log)
    # The same leaves without the root's, for a replica that waits for that root.
    without = rechained(log.leaves[1:])
    replica = Replica(log.root.did)
    replica.append(without[0], log.clock())
    with pytest.raises(LeafRejected, match="root's own DID is not in the log yet"):
        replica.append(without[1], log.clock())
    # And for one that waits for a root at another address, whose SCID is the same.
    moved = Replica(type(log.root.did)(**_moved(log.root.did)))
    moved.append(log.leaves[0], log.clock())
    moved.append(log.leaves[1], log.clock())
    with pytest.raises(LeafRejected, match="root's own DID is not in the log yet"):
        moved.append(log.leaves[2], log.clock())
    assert agency.did in {history.did for history in log.view().histories.values()}


def _moved(did: Any) -> dict[str, Any]:
    return {"scid": did.scid, "host": "elsewhere.example", "port": did.port, "path": did.path}


# Types


@pytest.mark.parametrize("digest", [DIGEST, OTHER_DIGEST])
def test_refuses_a_second_leaf_for_one_published_document(log: RegistryLog, digest: str) -> None:
    log.add(LeafKind.SCHEMA, "types/T/v1", {"h": DIGEST})
    leaf = log.build(LeafKind.SCHEMA, "types/T/v1", {"h": digest})
    _refused(log, leaf, "log-inconsistent: a published document of a type has a second leaf")


def test_leaves_of_other_kinds_pass_and_change_no_answer(log: RegistryLog) -> None:
    before = log.view()
    log.add(LeafKind.SERVICE, "mileage", {"service": "mileage", "root": DIGEST, "seq": 1})
    log.add(LeafKind.AUDIT, "SEL-DIG", {"agency": "SEL-DIG", "head": DIGEST, "n": 1})
    after = log.view()
    assert (after.histories, after.accreditations) == (before.histories, before.accreditations)
    assert after.checkpoint.size == before.checkpoint.size + 2


# Signed heads


def test_an_empty_replica_confirms_an_empty_log_only() -> None:
    log = RegistryLog()
    assert Replica(log.root.did).confirm(log.note(0), log_key(), log.clock()).histories == {}
    with pytest.raises(LogInconsistent, match="0 leaves, but 1 are signed"):
        Replica(log.root.did).confirm(log.note(), log_key(), log.clock())


def test_confirms_no_head_of_another_size(log: RegistryLog) -> None:
    with pytest.raises(LogInconsistent, match="3 leaves, but 2 are signed"):
        log.replica().confirm(log.note(2), log_key(), log.clock())


def test_confirms_no_head_with_another_root(log: RegistryLog) -> None:
    other = RegistryLog()
    other.leaves = rechained(log.leaves, t="2026-03-13T02:59:59Z")
    with pytest.raises(LogInconsistent, match="do not give the root"):
        log.replica().confirm(other.note(), log_key(), log.clock())


def test_confirms_no_head_of_another_log(log: RegistryLog) -> None:
    note = log.note(origin="registry.gwanin.example/2027")
    with pytest.raises(CheckpointNotSigned):
        log.replica().confirm(note, log_key(), log.clock())


def test_confirms_no_head_of_another_log_under_our_keys_name(log: RegistryLog) -> None:
    other = log.note(origin="registry.gwanin.example/2027").partition(b"\n\n")[0] + b"\n"
    note = encode_note(other, [Ed25519NoteSigner(ORIGIN, LOG_KEY).sign_note(other)])
    with pytest.raises(KeyMismatch):
        log.replica().confirm(note, log_key(), log.clock())


def test_confirms_no_head_that_another_key_signed(log: RegistryLog) -> None:
    with pytest.raises(CheckpointNotSigned):
        log.replica().confirm(log.note(key=signing_key(7)), log_key(), log.clock())


def test_confirms_no_head_whose_signature_is_of_another_text(log: RegistryLog) -> None:
    text = log.note(2).partition(b"\n\n")[0]
    forged = text + b"\n\n" + log.note().partition(b"\n\n")[2]
    with pytest.raises(SignatureInvalid):
        log.replica().confirm(forged, log_key(), log.clock())


def test_a_note_by_a_log_of_the_same_name_and_another_key_is_not_ours(log: RegistryLog) -> None:
    other = verifier_key(ORIGIN, signing_key(7).public_key)
    with pytest.raises(CheckpointNotSigned):
        log.replica().confirm(log.note(), other, log.clock())


# Strangers


@given(data=st.binary(max_size=300))
def test_any_bytes_are_refused_with_their_index(data: bytes) -> None:
    replica = Replica(RegistryLog().root.did)
    with pytest.raises(LeafRejected) as refused:
        replica.append(data, RegistryLog().clock())
    assert refused.value.index == 0


@given(at=st.integers(0, 3000), bit=st.integers(0, 7), index=st.integers(0, 2))
def test_any_bit_flipped_in_any_leaf_never_ends_in_a_signed_view(
    at: int, bit: int, index: int
) -> None:
    log = _small_log()
    leaves = list(log.leaves)
    data = bytearray(leaves[index])
    data[at % len(data)] ^= 1 << bit
    leaves[index] = bytes(data)
    with pytest.raises(Error):
        _follow(leaves, log)


def _follow(leaves: list[bytes], log: RegistryLog) -> RegistryView:
    replica = Replica(log.root.did)
    for leaf in leaves:
        replica.append(leaf, log.clock())
    return replica.confirm(log.note(), log_key(), log.clock())


def _small_log() -> RegistryLog:
    log = RegistryLog()
    log.accredit(log.member("GU-11620"), "SeoulResidencyCredential")
    return log
