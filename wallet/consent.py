"""The consent text: what will be shown, to whom, for what, how long, and that one may refuse.

Five items, as article 17(2) of the Personal Information Protection Act demands them. Names and
purpose come from the registry, never from the request. The words: consent.toml.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from credentials.claims import ClaimPath, select
from did_registry.accreditation import VerifierRegistration
from wallet.matching import Selection
from wallet.words import Language, claim_label, in_language, value_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """What a person agrees to, ready to be read: a heading and five items in one language."""

    heading: str
    items: tuple[str, ...]


def build_consent(
    registration: VerifierRegistration, selections: Sequence[Selection], language: Language
) -> Consent:
    """Write the consent text for one request."""
    words = consent_words()
    ko = language is Language.KOREAN
    told = {
        "recipient": registration.name_ko if ko else registration.name_en,
        "purpose": registration.purpose_ko if ko else registration.purpose_en,
        "claims": "\n".join(_claim_lines(selections, language)),
        "retention": _retention(registration, language),
    }
    items = ("recipient", "purpose", "claims", "retention", "refusal")
    return Consent(
        heading=words["heading"][language],
        items=tuple(words[item][language].format(**told) for item in items),
    )


@cache
def consent_words() -> Mapping[str, Mapping[str, str]]:
    """The fixed sentences in both languages."""
    rows = tomllib.loads((files(__package__) / "consent.toml").read_text("utf-8"))
    return MappingProxyType(rows)


def _retention(registration: VerifierRegistration, language: Language) -> str:
    word = "kept" if registration.retention_days else "not-kept"
    return consent_words()[word][language].format(days=registration.retention_days)


def _claim_lines(selections: Sequence[Selection], language: Language) -> list[str]:
    lines = []
    for selection in selections:
        title = in_language(selection.card.type.title, language)
        lines += [f"   - {title}: {_claim(selection, path, language)}" for path in shown(selection)]
    return lines


def shown(selection: Selection) -> tuple[ClaimPath, ...]:
    """Every claim that will be seen: the chosen ones, and those that are never hidden."""
    of_type = selection.card.type
    always = (
        claim.path
        for claim in of_type.claims
        # An object shows nothing by itself if its members can be withheld.
        if not claim.selective
        and not any(member.selective for member in of_type.members(claim.path))
        and select(selection.card.verified.claims, claim.path)
    )
    return tuple(dict.fromkeys((*selection.disclose, *always)))


def _claim(selection: Selection, path: ClaimPath, language: Language) -> str:
    """A claim with its value; of a yes-or-no claim only that it holds."""
    of_type = selection.card.type
    label = claim_label(of_type, path, language)
    values = select(selection.card.verified.claims, path)
    if all(value is True for value in values):  # To Python, the number 1 would be true as well.
        return consent_words()["holds"][language].format(claim=label)
    return f"{label} = {value_text(of_type, path, values, language)}"
