"""The issuer's tables. State is a row with a state column, moved by compare-and-swap.

Claims are sealed (authenticated encryption bound to the row); codes, tokens and nonces stand here
only as keyed digests, so that a stolen table opens nothing.
"""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base
from storage.types import Digest, UtcDateTime


class AgencyRow(Base):
    """An agency that issues here: its DID and the names of its signing keys."""

    __tablename__ = "agency"

    code: Mapped[str] = mapped_column(primary_key=True)
    did: Mapped[str] = mapped_column(unique=True)


class PersonRow(Base):
    """A person whom the city knows, by a random reference and nothing else."""

    __tablename__ = "person"

    person_ref: Mapped[str] = mapped_column(primary_key=True)
    created: Mapped[datetime] = mapped_column(UtcDateTime)


class EntitlementRow(Base):
    """An approved right to fetch a credential."""

    __tablename__ = "entitlement"
    __table_args__ = (
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
