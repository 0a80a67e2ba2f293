"""Names for people, by language, as issuer metadata gives them in three places.

Logos and pictures are left out on purpose: a wallet does not load them from strangers, because
the request would tell the issuer who looks at what. OpenID4VCI 1.0 §12.2.4, appendix B.2.
"""

from dataclasses import dataclass
from typing import Final

from credentials.claims import Claims
from credentials.errors import Malformed
from credentials.json_object import JsonObject

MAX_LANGUAGES: Final = 64
MAX_NAME_CHARS: Final = 300
MAX_DESCRIPTION_CHARS: Final = 2000
MAX_LOCALE_CHARS: Final = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Display:
    """One language's words. locale: a BCP 47 tag, None if the issuer does not tell the language."""

    name: str | None
    locale: str | None
    description: str | None = None

    def to_json(self) -> Claims:
        """One element of a `display` array."""
        members = {"name": self.name, "locale": self.locale, "description": self.description}
        return {member: value for member, value in members.items() if value is not None}


def parse_displays(owner: JsonObject) -> tuple[Display, ...]:
    """Read the `display` member of an object; empty if it has none.

    Raises Malformed for an empty array, or two entries for one language.
    """
    if "display" not in owner:
        return ()
    displays = tuple(_display(item) for item in owner.objects("display", max_items=MAX_LANGUAGES))
    if not displays or len({display.locale for display in displays}) != len(displays):
        raise Malformed("display must have one entry for each language, and at least one")
    return displays


def _display(item: JsonObject) -> Display:
    return Display(
        name=item.text_or_none("name", max_chars=MAX_NAME_CHARS),
        locale=item.text_or_none("locale", max_chars=MAX_LOCALE_CHARS),
        description=item.text_or_none("description", max_chars=MAX_DESCRIPTION_CHARS),
    )
