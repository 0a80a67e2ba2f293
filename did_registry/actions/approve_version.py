"""Approves a version of a DID as its witness: remembered first, answered then."""

from datetime import datetime

from credentials.claims import Claims
from credentials.did_key import encode_did_key
from did_registry import witness_store
from did_registry.actions.witness_head import Witness
from did_registry.approval import Approver, check_no_fork, judge_version
from did_registry.approval_request import ApprovalRequest
from did_registry.tlog.cosignature import witness_key
from did_registry.webvh.version import Version
from did_registry.webvh.witness import build_witness_proof
from storage.transaction import Database


def approve_version(
    database: Database, witness: Witness, request: ApprovalRequest, *, now: datetime
) -> tuple[Version, Claims]:
    """Judge a version, remember it and all before it durably, and sign its versionId.

    A version that was approved before is approved again: an answer may have been lost. Raises what
    `judge_version` and `check_no_fork` raise, and StorageBusy.
    """
    history = judge_version(request, _approver(witness), now)
    with database.writing() as session:
        approved = witness_store.approved_versions(session, history.scid)
        check_no_fork(history, approved)
        numbered = {version.number: version.version_id for version in history.versions}
        new = {number: name for number, name in numbered.items() if number not in approved}
        witness_store.add_approved(session, history.scid, new)
    latest = history.latest
    return latest, build_witness_proof(latest.version_id, witness.approver, now)


def _approver(witness: Witness) -> Approver:
    return Approver(
        cosigner=witness_key(witness.name, witness.signer.public_key),
        did=encode_did_key(witness.approver.public_key),
        logs=witness.logs,
    )
