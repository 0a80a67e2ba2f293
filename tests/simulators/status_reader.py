"""A verifier's reading of an office's status lists, as they would be served now.

read_list(office, StatusPurpose.ANY).state(index)      # from the token list, verified
"""

from typing import Final

from credentials.json_object import parse_object
from credentials.keys import KeyType, PublicKey
from credentials.model import StatusPurpose
from credentials.status.bits import VerifiedStatusList
from credentials.status.bitstring import parse_bitstring_list, verify_bitstring_list
from credentials.status.token_list import parse_token_list, verify_token_list
from credentials.validity import LEEWAY
from issuer.actions.publish_status_list import ListForm
from issuer.actions.serve_status_list import serve_status_list
from storage.key_file import KeyPurpose
from tests.simulators.issuing_office import GU, IssuingOffice

_FORMS: Final = {
    StatusPurpose.ANY: ListForm.TOKEN,
    StatusPurpose.REVOCATION: ListForm.REVOCATION,
    StatusPurpose.SUSPENSION: ListForm.SUSPENSION,
}
_MAX_LIST_BYTES: Final = 2 * 1024 * 1024


def served(office: IssuingOffice, form: ListForm, *, agency: str = GU) -> bytes:
    """One of the documents of an agency's list."""
    list_id = office.agency(agency).status_list
    return serve_status_list(office.database, office.context, list_id, form, now=office.clock())


def read_list(
    office: IssuingOffice, purpose: StatusPurpose, *, agency: str = GU
) -> VerifiedStatusList:
    """One of the documents, verified with the agency's key for it."""
    form = _FORMS[purpose]
    uri = office.agency(agency).status_uri() + form.value
    body = served(office, form, agency=agency)
    if form is ListForm.TOKEN:
        token = parse_token_list(body.decode("ascii"))
        key = _key(office, agency, KeyType.P256)
        return verify_token_list(token, key, uri=uri, now=office.clock(), leeway=LEEWAY)
    document = parse_bitstring_list(parse_object(body, max_bytes=_MAX_LIST_BYTES))
    return verify_bitstring_list(
        document,
        _key(office, agency, KeyType.ED25519),
        uri=uri,
        purpose=purpose,
        now=office.clock(),
        leeway=LEEWAY,
    )


def _key(office: IssuingOffice, agency: str, key_type: KeyType) -> PublicKey:
    stored = office.agency(agency).stored_key(key_type)
    return office.context.keystore.signer(stored, KeyPurpose.ASSERTION).public_key
