"""Every proof of a did-witness.json, for whoever wants to know that nothing in it was changed.

Counting approvals discards what does not count; here nothing is discarded.
"""

from credentials.data_integrity import parse_proof, verify_document
from credentials.did_key import did_key_method
from credentials.errors import Malformed
from did_registry.webvh.history import History
from did_registry.webvh.witness import (
    ASSERTION,
    WitnessFile,
    encode_witness_file,
    parse_witness_file,
)


def verify_every_proof(data: bytes, history: History) -> WitnessFile:
    """Return the proofs, each by a witness that the log names, over a version that it has.

    data: did-witness.json, which must be canonical. Raises Malformed, or what `verify_document`
    raises.
    """
    file = parse_witness_file(data)
    listed = {version: [proof.members for proof in found] for version, found in file.proofs.items()}
    if encode_witness_file(listed) != data:
        raise Malformed("it is not the canonical text of what it says")
    rules = [version.witnesses for version in history.versions if version.witnesses is not None]
    keys = {did_key_method(did): key for rule in rules for did, key in rule.witnesses.items()}
    for version_id, proofs in file.proofs.items():
        if all(version.version_id != version_id for version in history.versions):
            raise Malformed("it has proofs over a version that the log does not have")
        for proof in map(parse_proof, proofs):
            key = keys.get(proof.verification_method)
            if key is None or proof.purpose != ASSERTION:
                raise Malformed("it has a proof that is by none of the DID's witnesses")
            verify_document({"versionId": version_id}, proof, key)
    return file
