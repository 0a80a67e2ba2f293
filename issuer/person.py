"""A person as the issuer knows one: a random reference, never a name and a birth date.

Two people share both of those, and a number that the state gave would be personal data itself.
"""

import re
from typing import Final, NewType

from credentials.encoding import encode_base64url
from credentials.errors import Malformed

PersonRef = NewType("PersonRef", str)

REFERENCE_BYTES: Final = 16

_REFERENCE: Final = re.compile(r"p_[A-Za-z0-9_-]{22}")


def new_person_ref(random: bytes) -> PersonRef:
    """A reference from 16 fresh random bytes."""
    return PersonRef("p_" + encode_base64url(random))


def parse_person_ref(text: str) -> PersonRef:
    """Read a reference. Raises Malformed."""
    if not _REFERENCE.fullmatch(text):
        raise Malformed("a person is named by p_ and 22 characters")
    return PersonRef(text)
