"""What the wallet tells about its cards: to programs as documents, to people as lines."""

from collections.abc import Iterator

from credentials.claims import ClaimPath, Claims
from credentials.data_integrity import format_timestamp
from credentials.securing import mechanism_of
from credentials.strict_json import JsonValue
from schemas.seoul_calendar import day_in_seoul
from wallet.acceptance import Accepted
from wallet.consent import consent_words
from wallet.held_credential import HeldCredential, VaultContent
from wallet.matching import Card
from wallet.words import Language, claim_label, in_language, value_text

# The claims that say whose a card is, the first that there is; a wrong link must be noticed.
_NAME_CLAIMS = ("nameKo", "holderName", "nameRoman")


def received_document(accepted: Accepted) -> Claims:
    """A credential that was just accepted, with the name that the registry has for its issuer."""
    return {
        "type": accepted.type.name,
        "format": accepted.mechanism.format,
        "issuer": accepted.verified.issuer,
        "issuer_name_ko": accepted.issuer.name_ko,
        "issuer_name_en": accepted.issuer.name_en,
        "claims": accepted.verified.claims,
    }


def received_line(accepted: Accepted, language: Language) -> str:
    """What it is, from whom, and whose, before it is kept."""
    issuer, claims = accepted.issuer, accepted.verified.claims
    parts = [
        in_language(accepted.type.title, language),
        issuer.name_ko if language is Language.KOREAN else issuer.name_en,
        *(
            value_text(accepted.type, (n,), claims[n], language)
            for n in _NAME_CLAIMS
            if n in claims
        ),
    ]
    return " · ".join(parts[:3])


def held_document(one: Card | HeldCredential) -> Claims:
    """One line of the list: a card, or a credential that could not be read now."""
    return card_document(one) if isinstance(one, Card) else unchecked_document(one)


def held_line(one: Card | HeldCredential, language: Language) -> str:
    """The same for people."""
    return card_line(one, language) if isinstance(one, Card) else unchecked_line(one, language)


def card_document(card: Card) -> Claims:
    """One line of the list of cards."""
    ends = card.verified.validity.not_after
    return {
        "id": card.held.number,
        "type": card.type.name,
        "format": card.mechanism.format,
        "issuer": card.verified.issuer,
        "valid_until": None if ends is None else format_timestamp(ends),
        "issuance_proof": card.held.issuance_proof is not None,
    }


def card_line(card: Card, language: Language) -> str:
    """One line of the list of cards, for people."""
    return f"#{card.held.number} {in_language(card.type.title, language)}"


def unchecked_document(held: HeldCredential) -> Claims:
    """The same of a credential that could not be checked: what a vault knows by itself."""
    mechanism = mechanism_of(held.serialized)
    return {
        "id": held.number,
        "type": None,
        "format": mechanism.format,
        "issuer": mechanism.parse(held.serialized).issuer,
        "valid_until": None,
        "issuance_proof": held.issuance_proof is not None,
    }


def unchecked_line(held: HeldCredential, language: Language) -> str:
    """The same for people."""
    issuer = mechanism_of(held.serialized).parse(held.serialized).issuer
    return consent_words()["unchecked"][language].format(
        card=f"#{held.number}",
        issuer=issuer.rpartition(":")[2],
        day=day_in_seoul(held.received_at).isoformat(),
    )


def card_lines(card: Card, language: Language) -> list[str]:
    """All that a card says, each claim on its line; of a yes-or-no claim only that it holds."""
    lines = [card_line(card, language)]
    for path, value in _leaves(card.verified.claims):
        label = claim_label(card.type, path, language)
        text = value_text(card.type, path, value, language)
        lines.append(f"  ✓ {label}" if value is True else f"  {label}: {text}")
    return lines


def export_document(content: VaultContent) -> Claims:
    """Everything in a vault but its keys."""
    return {
        "credentials": [
            {
                "id": held.number,
                "credential": held.serialized,
                "received_at": format_timestamp(held.received_at),
            }
            for held in content.held
        ],
        "shown": [
            {
                "at": format_timestamp(entry.at),
                "verifier": entry.verifier,
                "purpose": entry.purpose,
                "claims": list(entry.claims),
            }
            for entry in content.shown
        ],
    }


def _leaves(claims: Claims) -> Iterator[tuple[ClaimPath, JsonValue]]:
    """Every claim that is no object, and every member of one; a type's claims go no deeper."""
    for name, value in claims.items():
        if isinstance(value, dict):
            yield from (((name, member), inner) for member, inner in value.items())
        else:
            yield (name,), value
