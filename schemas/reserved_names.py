"""Names that no claim may have, because an envelope gives them a meaning of its own.

A claim of such a name would be lost, or be taken for a status, an issuer or a key.
"""

from typing import Final

# RFC 7519 §4.1, RFC 7800 §3.1, SD-JWT VC (SD-JWT VC Claims), Token Status List §5.
_JWT: Final = frozenset(
    {"aud", "cnf", "exp", "iat", "iss", "jti", "nbf", "nonce", "status", "sub", "vct"}
)

# Every term that the context of VC Data Model 2.0 defines anywhere: all are protected, and a
# second definition makes a JSON-LD processor refuse the credential. JSON-LD 1.1 §4.1.11.
_W3C: Final = frozenset({
    "assertionMethod", "authentication", "capabilityDelegation", "capabilityInvocation",
    "challenge", "confidenceMethod", "created", "credentialSchema", "credentialStatus",
    "credentialSubject", "cryptosuite", "description", "digestMultibase", "digestSRI", "domain",
    "encodedList", "evidence", "expires", "holder", "id", "issuer", "jku", "jsonSchema", "jwk",
    "keyAgreement", "kid", "mediaType", "message", "name", "nonce", "previousProof", "proof",
    "proofPurpose", "proofValue", "refreshService", "relatedResource", "renderMethod",
    "statusListCredential", "statusListIndex", "statusMessage", "statusPurpose",
    "statusReference", "statusSize", "termsOfUse", "ttl", "type", "validFrom", "validUntil",
    "verifiableCredential", "verificationMethod", "x5u",
})  # fmt: skip

RESERVED_NAMES: Final = _JWT | _W3C
