"""The issuer's tables. State is a row with a state column, moved by compare-and-swap.

Claims are sealed (authenticated encryption bound to the row); codes, tokens and nonces stand here
only as keyed digests, so that a stolen table opens nothing.
"""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from credentials.strict_json import JsonValue
from storage.append_only import make_append_only
from storage.base import Base
from storage.types import Digest, Json, UtcDateTime


class AgencyRow(Base):
    """An agency that issues here: its DID, and which generation of its keys it signs with."""

    __tablename__ = "agency"

    code: Mapped[str] = mapped_column(primary_key=True)
    did: Mapped[str] = mapped_column(unique=True)
    keys: Mapped[int] = mapped_column(default=1)
    keys_since: Mapped[datetime | None] = mapped_column(UtcDateTime)


class PersonRow(Base):
    """A person whom the city knows, by a random reference and nothing else."""

    __tablename__ = "person"

    person_ref: Mapped[str] = mapped_column(primary_key=True)
    created: Mapped[datetime] = mapped_column(UtcDateTime)


class EntitlementRow(Base):
    """An approved right to fetch a credential."""

    __tablename__ = "entitlement"
    __table_args__ = (
        Index("ix_entitlement_newest", "agency", "created", "id"),
        # A person has at most one entitlement of a kind waiting; CSV rows come twice, claims don't.
        Index(
            "ix_entitlement_waiting",
            "agency",
            "permission",
            "person_ref",
            unique=True,
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    agency: Mapped[str] = mapped_column(ForeignKey("agency.code"))
    type_name: Mapped[str]
    type_version: Mapped[int]
    permission: Mapped[str]
    person_ref: Mapped[str] = mapped_column(ForeignKey("person.person_ref"), index=True)
    sealed_claims: Mapped[bytes] = mapped_column(LargeBinary)
    state: Mapped[str]
    claim_by: Mapped[datetime] = mapped_column(UtcDateTime)
    created: Mapped[datetime] = mapped_column(UtcDateTime)


class ImportedRow(Base):
    """A row of a CSV file that became an entitlement, so that importing twice imports once."""

    __tablename__ = "imported_row"

    digest: Mapped[bytes] = mapped_column(Digest, primary_key=True)
    entitlement_id: Mapped[str] = mapped_column(ForeignKey("entitlement.id"))


class OfferRow(Base):
    """One offer of one entitlement in one format. `serial` counts the codes minted for it."""

    __tablename__ = "offer"
    __table_args__ = (
        Index(
            "ix_offer_live",
            "entitlement_id",
            unique=True,
            sqlite_where=text("state IN ('offered', 'redeemed')"),
            postgresql_where=text("state IN ('offered', 'redeemed')"),
        ),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    entitlement_id: Mapped[str] = mapped_column(ForeignKey("entitlement.id"))
    agency: Mapped[str]
    mechanism: Mapped[str]
    secret_mac: Mapped[bytes] = mapped_column(Digest, unique=True)
    tx_code_mac: Mapped[bytes | None] = mapped_column(Digest)
    tx_code_tries: Mapped[int]
    state: Mapped[str]
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    serial: Mapped[int]
    code_mac: Mapped[bytes | None] = mapped_column(Digest, unique=True)
    code_expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    token_mac: Mapped[bytes | None] = mapped_column(Digest, unique=True)
    token_expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # What the wallet called itself when it redeemed the code; kept until the credential is issued.
    client_id: Mapped[str | None]


class UsedNonce(Base):
    """A nonce that came back in a key proof; it may not come again while it would be alive."""

    __tablename__ = "used_nonce"

    mac: Mapped[bytes] = mapped_column(Digest, primary_key=True)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class StatusListRow(Base):
    """A list of an agency; `sequence` counts what was published of it."""

    __tablename__ = "status_list"

    id: Mapped[str] = mapped_column(primary_key=True)
    agency: Mapped[str] = mapped_column(ForeignKey("agency.code"), unique=True)
    size: Mapped[int]
    sequence: Mapped[int]


class StatusEntryRow(Base):
    """One issued credential's place in a list, and the state it is in."""

    __tablename__ = "status_entry"
    __table_args__ = (UniqueConstraint("list_id", "idx"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    list_id: Mapped[str] = mapped_column(ForeignKey("status_list.id"))
    idx: Mapped[int]
    entitlement_id: Mapped[str] = mapped_column(ForeignKey("entitlement.id"), index=True)
    state: Mapped[str] = mapped_column(index=True)
    reason: Mapped[str | None]
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class PublishedList(Base):
    """The documents of a list as they are served: one row for each form of it."""

    __tablename__ = "published_list"

    list_id: Mapped[str] = mapped_column(ForeignKey("status_list.id"), primary_key=True)
    form: Mapped[str] = mapped_column(primary_key=True)
    sequence: Mapped[int]
    body: Mapped[bytes] = mapped_column(LargeBinary)
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)


class IssuanceBatch(Base):
    """What an agency issued in a period: the leaves of the padded tree, side by side, whose root
    stands in the log. Append-only, as the log is."""

    __tablename__ = "issuance_batch"

    id: Mapped[str] = mapped_column(primary_key=True)
    agency: Mapped[str] = mapped_column(ForeignKey("agency.code"), index=True)
    begins: Mapped[datetime] = mapped_column(UtcDateTime)
    ends: Mapped[datetime] = mapped_column(UtcDateTime)
    leaves: Mapped[bytes] = mapped_column(LargeBinary)


class IssuedCredential(Base):
    """That a credential was issued: SHA-256 of it as issued, and the salt that stands before it in
    its leaf. batch_id: None until the period is over."""

    __tablename__ = "issued_credential"
    __table_args__ = (Index("ix_issued_credential_open", "agency", "batch_id", "issued_at"),)

    digest: Mapped[bytes] = mapped_column(Digest, primary_key=True)
    agency: Mapped[str] = mapped_column(ForeignKey("agency.code"))
    entitlement_id: Mapped[str] = mapped_column(ForeignKey("entitlement.id"), index=True)
    salt: Mapped[bytes] = mapped_column(LargeBinary)
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    batch_id: Mapped[str | None] = mapped_column(ForeignKey("issuance_batch.id"))


class BatchRow(Base):
    """One CSV file that a clerk brought. refusals: its refused rows as lines, columns and codes;
    known: how many rows had been brought before."""

    __tablename__ = "batch"

    id: Mapped[str] = mapped_column(primary_key=True)
    agency: Mapped[str] = mapped_column(ForeignKey("agency.code"), index=True)
    type_name: Mapped[str]
    type_version: Mapped[int]
    sealed_name: Mapped[bytes] = mapped_column(LargeBinary)
    state: Mapped[str]
    drafted_by: Mapped[str]
    drafted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    reviewed_by: Mapped[str | None]
    sealed_reason: Mapped[bytes | None] = mapped_column(LargeBinary)
    accepted: Mapped[int]
    known: Mapped[int]
    refused: Mapped[int]
    refusals: Mapped[JsonValue] = mapped_column(Json(), nullable=False)


class DraftRow(Base):
    """What one clerk prepared and another decides about; alone, or as a line of a batch.

    revision counts the savings, so that nobody approves another text than the one they read.
    row_digest: of a CSV row that must not come twice; given free when the draft is given up.
    """

    __tablename__ = "draft"
    __table_args__ = (
        Index("ix_draft_agency_state", "agency", "state"),
        Index("ix_draft_batch_state", "batch_id", "state"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    agency: Mapped[str] = mapped_column(ForeignKey("agency.code"))
    type_name: Mapped[str]
    type_version: Mapped[int]
    person_ref: Mapped[str | None]
    sealed_claims: Mapped[bytes] = mapped_column(LargeBinary)
    state: Mapped[str]
    revision: Mapped[int]
    drafted_by: Mapped[str]
    drafted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    reviewed_by: Mapped[str | None]
    reviewed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sealed_reason: Mapped[bytes | None] = mapped_column(LargeBinary)
    refusal_code: Mapped[str | None]
    batch_id: Mapped[str | None] = mapped_column(ForeignKey("batch.id"))
    line: Mapped[int | None]
    row_digest: Mapped[bytes | None] = mapped_column(Digest, unique=True)
    entitlement_id: Mapped[str | None] = mapped_column(ForeignKey("entitlement.id"))


class SearchTerm(Base):
    """A value under which an entitlement is found, as a digest with the agency's part in it."""

    __tablename__ = "search_term"

    digest: Mapped[bytes] = mapped_column(Digest, primary_key=True)
    entitlement_id: Mapped[str] = mapped_column(ForeignKey("entitlement.id"), primary_key=True)
    agency: Mapped[str]


class RevocationRow(Base):
    """Several entitlements that somebody proposes to revoke, and somebody else decides about."""

    __tablename__ = "revocation"

    id: Mapped[str] = mapped_column(primary_key=True)
    agency: Mapped[str] = mapped_column(ForeignKey("agency.code"), index=True)
    reason: Mapped[str]
    state: Mapped[str]
    proposed_by: Mapped[str]
    proposed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class RevocationItem(Base):
    """One entitlement of such a set."""

    __tablename__ = "revocation_item"

    revocation_id: Mapped[str] = mapped_column(ForeignKey("revocation.id"), primary_key=True)
    entitlement_id: Mapped[str] = mapped_column(ForeignKey("entitlement.id"), primary_key=True)


make_append_only(IssuanceBatch)
