"""A result word without what would have to be filled in: the checks beside it say that."""

import re
from typing import Final

from schemas.labels import Label
from schemas.result_words import result_words

# Such as the day of expiry, with the words that lead to it.
_PLACEHOLDER: Final = re.compile(r", \{[a-z]+\} \w+(?=\))|(?: on| as of)?[ :]*\(?\{[a-z]+\}\)?")


def short_word(code: str) -> Label:
    """The words of a result, to be read from across a counter."""
    word = result_words()[code]
    return Label(ko=_PLACEHOLDER.sub("", word.ko), en=_PLACEHOLDER.sub("", word.en))
