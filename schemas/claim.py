"""One claim of a credential type: where it stands, what it may hold, who may see it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeAlias

from schemas.derivation import Rule
from schemas.labels import Label

MemberPath: TypeAlias = "tuple[str, ...]"

# The longest text that any type may declare: an address or a citation, not an essay.
MAX_TEXT_CLAIM: Final = 2000
MAX_LIST_CLAIM: Final = 64


class ClaimKind(StrEnum):
    """What a claim holds, and how it is written in JSON."""

    TEXT = "text"
    TEXTS = "texts"  # an array of texts without repetition, in no order
    ENUM = "enum"  # one of a closed list of texts
    DATE = "date"  # YYYY-MM-DD, 1900 to 2199
    DATETIME = "datetime"  # RFC 3339 with its zone, 1900 to 2199
    INTEGER = "integer"
    BOOLEAN = "boolean"
    DIGEST = "digest"  # SHA-256 in 64 lower-case hex digits
    OBJECT = "object"  # its members are claims of their own


class Disclosability(StrEnum):
    """Whether the holder may withhold a claim."""

    ALWAYS = "always"
    SELECTIVE = "selective"


class TextContent(StrEnum):
    """What a text holds; accounts and barcodes may look like a resident registration number."""

    PLAIN = "plain"
    ACCOUNT = "account"
    BARCODE = "barcode"


@dataclass(frozen=True, slots=True, kw_only=True)
class EnumValue:
    """One value on offer."""

    value: str
    label: Label


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One claim, with the bounds that its kind calls for; None and () where it calls for none.

    path: member names from the top; at most two.   required: whether every credential has it.
    minimum, maximum: characters of a text, value of an integer, items of a list of texts.
    item_maximum: characters of one item.   pattern: an anchored regular expression for a text or
    for each item.   past: a date that can't lie after the day of entry.   true_only: a boolean
    that is stated when it holds and left out otherwise.   entered: typed in, not derived.
    rule: how it is derived; a member of a derived object has none of its own.
    subtypes: the subtypes that have it; () when all do.   aliases: further CSV column names.
    """

    path: MemberPath
    kind: ClaimKind
    required: bool
    disclosure: Disclosability
    label: Label
    entered: bool
    minimum: int | None = None
    maximum: int | None = None
    item_maximum: int | None = None
    pattern: str | None = None
    values: tuple[EnumValue, ...] = ()
    content: TextContent = TextContent.PLAIN
    past: bool = False
    true_only: bool = False
    rule: Rule | None = None
    subtypes: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The path with dots: the name of a form field or a CSV column."""
        return ".".join(self.path)

    @property
    def selective(self) -> bool:
        """Whether the holder may withhold it."""
        return self.disclosure is Disclosability.SELECTIVE

    def is_in(self, subtype: str | None) -> bool:
        """Whether credentials of this subtype can have the claim."""
        return not self.subtypes or subtype in self.subtypes
