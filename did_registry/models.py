"""The registry's tables. Leaves and DID entries are append-only: triggers refuse everything else.

The log's own rows say what the tree is; `did` and `did_version` are an index over its `did` leaves
that can be rebuilt from them, and in which the database itself refuses a fork.
"""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from credentials.strict_json import JsonValue
from storage.append_only import make_append_only
from storage.base import Base
from storage.types import Digest, Json, UtcDateTime


class LogLeaf(Base):
    """One leaf, verbatim. `dedup` is the digest of what was asked for: the same request, once."""

    __tablename__ = "log_leaf"

    idx: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str]
    subject: Mapped[str] = mapped_column(index=True)
    leaf: Mapped[bytes] = mapped_column(LargeBinary)
    leaf_hash: Mapped[bytes] = mapped_column(Digest)
    dedup: Mapped[bytes] = mapped_column(Digest, unique=True)
    created: Mapped[datetime] = mapped_column(UtcDateTime)


class LogHead(Base):
    """Where the log ends: one row, locked by whoever appends.

    term: how often the log has been taken over by a sequencer; one of a former term writes no more.
    """

    __tablename__ = "log_head"
    __table_args__ = (CheckConstraint("id = 1", name="single"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    size: Mapped[int]
    last_leaf_hash: Mapped[bytes] = mapped_column(Digest)
    frontier: Mapped[bytes] = mapped_column(LargeBinary)
    term: Mapped[int]


class LogTile(Base):
    """One tile of node hashes; a full one never changes, the right edge is replaced as it grows."""

    __tablename__ = "log_tile"

    level: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    n: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    width: Mapped[int]
    data: Mapped[bytes] = mapped_column(LargeBinary)


class LogDirectoryRow(Base):
    """The latest word of the log on one key, as the next directory leaf will commit to it."""

    __tablename__ = "log_directory_row"

    key: Mapped[str] = mapped_column(primary_key=True)
    latest_version: Mapped[str | None]
    latest_sequence: Mapped[int | None]
    idx: Mapped[int] = mapped_column(ForeignKey("log_leaf.idx"))
    deactivated: Mapped[bool]


class LogCheckpoint(Base):
    """A signed head that was published."""

    __tablename__ = "log_checkpoint"

    size: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    root: Mapped[bytes] = mapped_column(Digest)
    note: Mapped[bytes] = mapped_column(LargeBinary)
    published: Mapped[datetime] = mapped_column(UtcDateTime)


class LogCosignature(Base):
    """A witness's signature line on a head; a head is published once a quorum has signed it.

    A witness whose key was exchanged is another one under the same name.
    """

    __tablename__ = "log_cosignature"

    size: Mapped[int] = mapped_column(ForeignKey("log_checkpoint.size"), primary_key=True)
    witness: Mapped[str] = mapped_column(primary_key=True)
    key_id: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    value: Mapped[bytes] = mapped_column(LargeBinary)


class LogInbox(Base):
    """One submission, in the order in which it came. digest: of the leaf that it asks for, so that
    a key that is used for something else is noticed; body: of that leaf, null once it is decided.
    idx or current: the outcome."""

    __tablename__ = "log_inbox"
    __table_args__ = (
        Index(
            "ix_log_inbox_waiting",
            "id",
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[bytes] = mapped_column(Digest, unique=True)
    digest: Mapped[bytes] = mapped_column(Digest)
    code: Mapped[str]
    kind: Mapped[str]
    subject: Mapped[str]
    body: Mapped[JsonValue] = mapped_column(Json(), nullable=True)
    expected: Mapped[str | None]
    witnessed: Mapped[bool]
    state: Mapped[str]
    idx: Mapped[int | None]
    current: Mapped[str | None]
    created: Mapped[datetime] = mapped_column(UtcDateTime)


class AgencyToken(Base):
    """The digest of a token with which an agency's software may offer entries of its DID."""

    __tablename__ = "agency_token"

    digest: Mapped[bytes] = mapped_column(Digest, primary_key=True)
    code: Mapped[str] = mapped_column(ForeignKey("did.code"), index=True)
    created: Mapped[datetime] = mapped_column(UtcDateTime)
    expires: Mapped[datetime] = mapped_column(UtcDateTime)


class LogEvidence(Base):
    """Two heads that our log has signed and that cannot both be true. file: as anybody can check
    it; digest: its SHA-256, under which it is served."""

    __tablename__ = "log_evidence"

    digest: Mapped[bytes] = mapped_column(Digest, primary_key=True)
    file: Mapped[bytes] = mapped_column(LargeBinary)
    seen: Mapped[datetime] = mapped_column(UtcDateTime)


class RegisteredDid(Base):
    """A DID whose log this registry serves, under the code that its path ends with.

    shown: how many of its versions are served: as many as its own witnesses have approved.
    """

    __tablename__ = "did"

    scid: Mapped[str] = mapped_column(primary_key=True)
    did: Mapped[str] = mapped_column(unique=True)
    code: Mapped[str] = mapped_column(unique=True)
    shown: Mapped[int]


class DidVersion(Base):
    """One line of a did.jsonl. The second constraint makes a fork impossible to store."""

    __tablename__ = "did_version"
    __table_args__ = (UniqueConstraint("scid", "previous_version_id", name="no_fork"),)

    scid: Mapped[str] = mapped_column(ForeignKey("did.scid"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    version_id: Mapped[str] = mapped_column(unique=True)
    previous_version_id: Mapped[str]
    version_time: Mapped[datetime] = mapped_column(UtcDateTime)
    entry: Mapped[bytes] = mapped_column(LargeBinary)
    log_idx: Mapped[int] = mapped_column(ForeignKey("log_leaf.idx"), unique=True)


class DidWitnessProof(Base):
    """A witness's approval of a version of a DID and all before it. witness: its did:key."""

    __tablename__ = "did_witness_proof"

    version_id: Mapped[str] = mapped_column(ForeignKey("did_version.version_id"), primary_key=True)
    witness: Mapped[str] = mapped_column(primary_key=True)
    scid: Mapped[str] = mapped_column(ForeignKey("did.scid"), index=True)
    proof: Mapped[JsonValue] = mapped_column(Json(), nullable=False)


class RootActRow(Base):
    """An act of the root: who proposed it, who was the second, and what came of it.

    An act of a kind is open once for each subject. effect: null before it has one.
    """

    __tablename__ = "root_act"
    __table_args__ = (
        Index(
            "ix_root_act_open",
            "kind",
            "subject",
            unique=True,
            sqlite_where=text("state IN ('proposed', 'in-effect')"),
            postgresql_where=text("state IN ('proposed', 'in-effect')"),
        ),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    subject: Mapped[str]
    terms: Mapped[JsonValue] = mapped_column(Json(), nullable=False)
    state: Mapped[str]
    proposed_by: Mapped[str]
    proposed_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    effect: Mapped[JsonValue] = mapped_column(Json(), nullable=True)


class ApplicationRow(Base):
    """Somebody who wants to issue or to ask: what they want, and what has become of it.

    content: as `application.encode_application` writes it; reason: why it was refused, in words for
    the applicant; act: the root's act that would enrol them, while there is one.
    """

    __tablename__ = "registry_application"

    receipt: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    code: Mapped[str]
    content: Mapped[JsonValue] = mapped_column(Json(), nullable=False)
    state: Mapped[str] = mapped_column(index=True)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason: Mapped[str | None]
    act: Mapped[str | None] = mapped_column(ForeignKey("root_act.id"), unique=True)


for _append_only in (
    LogLeaf,
    LogCheckpoint,
    LogCosignature,
    DidVersion,
    DidWitnessProof,
    LogEvidence,
):
    make_append_only(_append_only)
