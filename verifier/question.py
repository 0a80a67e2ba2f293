"""What a verifier asked: the query, and what an answer to it must be bound to."""

from dataclasses import dataclass
from typing import TypeAlias

from openid4vc.dcql import Query


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question. client_id: with its prefix, as presentations are addressed to it.

    That it is answered once is the concern of whoever stores the answer.
    """

    client_id: str
    nonce: str
    query: Query


@dataclass(frozen=True, slots=True)
class Window:
    """A QR code that was shown to whoever scans it: it answers nobody, so only time binds it.

    Which claims count is the concern of whoever scans it, and that it is taken once as well.
    """


# What a presentation answers: a verifier's request, or the scan of a code.
Occasion: TypeAlias = Question | Window
