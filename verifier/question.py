"""What a verifier asked: the query, and what an answer to it must be bound to."""

from dataclasses import dataclass

from openid4vc.dcql import Query


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question. client_id: with its prefix, as presentations are addressed to it.

    is_open: whether it may still be answered; a question is answered once.
    """

    client_id: str
    nonce: str
    query: Query
    is_open: bool
