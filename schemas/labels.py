"""A text in the two languages that citizens, clerks and verifiers read."""

from dataclasses import dataclass
from typing import Final

from credentials.strict_json import JsonValue

KOREAN: Final = "ko"
ENGLISH: Final = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """One text, Korean first."""

    ko: str
    en: str

    def display(self, member: str) -> list[JsonValue]:
        """A list of one object per language, as type and issuer metadata have it.

        member: how the metadata calls the text, `name` or `label`.
        Spec: OpenID4VCI 1.0 appendix B.2, SD-JWT VC (Claim Display Metadata).
        """
        return [
            {"locale": KOREAN, member: self.ko},
            {"locale": ENGLISH, member: self.en},
        ]
