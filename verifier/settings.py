"""What a verifier has to be told."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifierSettings:
    """public_url: where this verifier is reached; registry_url: where types are published.

    Addresses without a slash at their end.
    """

    public_url: str
    registry_url: str
