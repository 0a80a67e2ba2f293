"""Queries over the approvals of DIDs by their witnesses, and over what may be shown with them."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from credentials.claims import Claims
from credentials.json_object import JsonObject
from did_registry.models import DidVersion, DidWitnessProof, RegisteredDid
from did_registry.webvh.witness import WitnessFile


def shown_log(session: Session, scid: str) -> bytes:
    """The did.jsonl of a DID as far as its witnesses have approved it; may be empty."""
    lines = select(DidVersion.entry).where(DidVersion.scid == scid).join(RegisteredDid)
    shown = lines.where(DidVersion.number <= RegisteredDid.shown)
    return b"".join(session.scalars(shown.order_by(DidVersion.number)))


def shown_version_id(session: Session, scid: str) -> str | None:
    """The versionId of the last line that is shown; None when there is none."""
    rows = select(DidVersion.version_id).where(DidVersion.scid == scid).join(RegisteredDid)
    return session.scalar(rows.where(DidVersion.number == RegisteredDid.shown))


def waiting_versions(session: Session, size: int) -> Sequence[DidVersion]:
    """Of the versions whose entries are among the first `size` leaves, those that are not shown
    yet, by DID and number."""
    rows = select(DidVersion).join(RegisteredDid).where(DidVersion.log_idx < size)
    hidden = rows.where(DidVersion.number > RegisteredDid.shown)
    return session.scalars(hidden.order_by(DidVersion.scid, DidVersion.number)).all()


def lock_did(session: Session, scid: str) -> RegisteredDid:
    """The row of a DID, locked until the transaction ends."""
    row = select(RegisteredDid).where(RegisteredDid.scid == scid).with_for_update()
    return session.execute(row, execution_options={"populate_existing": True}).scalar_one()


def add_proof(session: Session, scid: str, version_id: str, witness: str, proof: Claims) -> None:
    """Store a witness's proof, whose DID is locked; one that is there stays."""
    if session.get(DidWitnessProof, (version_id, witness)) is None:
        row = DidWitnessProof(scid=scid, version_id=version_id, witness=witness, proof=proof)
        session.add(row)
        session.flush()


def all_proofs(session: Session) -> Sequence[DidWitnessProof]:
    """Every stored proof."""
    ordered = select(DidWitnessProof).order_by(DidWitnessProof.version_id, DidWitnessProof.witness)
    return session.scalars(ordered).all()


def proofs_of(session: Session, scid: str) -> WitnessFile:
    """Every proof of a DID's versions, as did-witness.json could have them."""
    rows = select(DidWitnessProof).where(DidWitnessProof.scid == scid)
    return witness_file(session.scalars(rows.order_by(DidWitnessProof.witness)).all())


def latest_proofs(session: Session, scid: str | None) -> dict[str, list[Claims]]:
    """The last proof by each witness of a DID, or of every DID for None, by versionId: a proof of
    a version approves all before it, so that the others say nothing more."""
    rows = select(DidWitnessProof).join(
        DidVersion, DidVersion.version_id == DidWitnessProof.version_id
    )
    if scid is not None:
        rows = rows.where(DidWitnessProof.scid == scid)
    ordered = rows.order_by(DidWitnessProof.scid, DidVersion.number, DidWitnessProof.witness)
    last = {(row.scid, row.witness): row for row in session.scalars(ordered)}
    found: dict[str, list[Claims]] = {}
    for row in last.values():
        found.setdefault(row.version_id, []).append(JsonObject(row.proof).members)
    return found


def witness_file(rows: Sequence[DidWitnessProof]) -> WitnessFile:
    """Stored proofs as did-witness.json could have them."""
    proofs: dict[str, tuple[JsonObject, ...]] = {}
    for row in rows:
        proofs[row.version_id] = (*proofs.get(row.version_id, ()), JsonObject(row.proof))
    return WitnessFile(proofs=proofs)
