"""Tells a holder since when a credential stands in the log; nobody else can ask."""

from sqlalchemy.orm import Session

from credentials.issuance_proof import IssuanceProof
from did_registry.issuance_tree import IssuanceTree
from issuer import batch_store


def prove_issuance(session: Session, code: str, digest: bytes) -> IssuanceProof | None:
    """Salt and path of a credential that an agency has issued.

    digest: SHA-256 of the credential as issued. None alike for one that is unknown, another
    agency's, or of a period that is not over, so that the answer tells nothing more.
    """
    found = batch_store.find_closed(session, code, digest)
    if found is None:
        return None
    issued, batch = found
    return IssuanceTree(batch.leaves).prove(issued.salt, digest)
