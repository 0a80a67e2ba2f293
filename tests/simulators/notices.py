"""Notices of the root in a log made to order, right or changed and signed again.

log = RegistryLog()
statement = log.statement(admission(log))
is_refused(log, resigned(log, {**unsigned, "until": "…"}), KEY_DID)
"""

from datetime import timedelta
from typing import Final

from credentials.claims import Claims
from credentials.data_integrity import sign_document
from credentials.did_key import encode_did_jwk, encode_did_key
from credentials.errors import Error
from credentials.keys import P256Signer
from credentials.strict_json import JsonValue
from did_registry.admission import Admission, Asking
from did_registry.document import Purpose
from did_registry.leaf import LeafKind
from tests.simulators.registry_log import RegistryLog

DAY: Final = timedelta(days=1)
FOREIGN: Final = P256Signer(b"\x31" * 32).public_key
KEY_DID, JWK_DID = encode_did_key(FOREIGN), encode_did_jwk(FOREIGN)
ASKING = Asking(
    attributes=("SeoulResidencyCredential.residentOfSeoul",),
    purpose_ko="입장 자격 확인",
    purpose_en="Checking who may enter",
    legal_basis="조례",
    retention_days=1,
)


def admission(log: RegistryLog, did: str = KEY_DID) -> Admission:
    """Busan, for a month: it may issue residencies, and ask for one item."""
    return Admission(
        did=did,
        name_ko="부산광역시",
        name_en="Busan",
        until=log.clock().replace(microsecond=0) + 30 * DAY,
        types=("SeoulResidencyCredential",),
        asking=ASKING,
    )


def resigned(log: RegistryLog, unsigned: Claims, **options: JsonValue) -> Claims:
    """A statement with a proof of the root's."""
    usual: Claims = {
        "verificationMethod": log.root.key_id,
        "created": "2026-03-13T03:04:05Z",
        "proofPurpose": Purpose.ASSERTION.value,
    }
    return sign_document(unsigned, usual | options, log.root.signer)


def refused(log: RegistryLog, statement: Claims, subject: str) -> None:
    """Assert that a replica stops at it."""
    assert is_refused(log, statement, subject)


def is_refused(log: RegistryLog, statement: Claims, subject: str) -> bool:
    """Whether a replica stops at it; a body that is no leaf can't be logged at all."""
    try:
        leaf = log.build(LeafKind.NOTICE, subject, {"statement": statement})
        log.replica().append(leaf, log.clock())
    except Error:
        return True
    return False
