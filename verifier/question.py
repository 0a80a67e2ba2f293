"""What a verifier asked: the query, and what an answer to it must be bound to."""

from dataclasses import dataclass

from openid4vc.dcql import Query


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question. client_id: with its prefix, as presentations are addressed to it.

    That it is answered once is the concern of whoever stores the answer.
    """

    client_id: str
    nonce: str
    query: Query
