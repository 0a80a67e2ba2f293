"""A verdict document as a page shows it: one word, what it means, every check, the claims."""

from dataclasses import asdict, dataclass
from datetime import datetime

from credentials.claims import Claims
from credentials.data_integrity import parse_timestamp
from credentials.json_object import JsonObject
from schemas.catalogue import get
from schemas.labels import Label
from schemas.result_words import DecisionClass, result_words
from verifier.decision import CheckName, Result
from verifier.short_word import short_word
from verifier.shown_claims import ShownClaim, shown_claims
from web.words import language, translate

_MAX_CHECKS = len(CheckName)
_ORDER = (Result.FAILED, Result.UNKNOWN)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckLine:
    """One check: what it looks at, what became of it, and the sentence."""

    name: str
    result: Result
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimLine:
    """One claim in the reader's language."""

    label: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictView:
    """Everything in the reader's language. meaning: the deciding check's sentence, or None."""

    code: str
    is_accepted: bool
    word: str
    colour: str
    icon: str
    meaning: str | None
    issuer: str | None
    type: str | None
    claims: tuple[ClaimLine, ...]
    checks: tuple[CheckLine, ...]
    as_of: datetime

    def to_json(self) -> Claims:
        """What the scan page draws; the checks are for pages that have room for them."""
        return {
            "code": self.code,
            "word": self.word,
            "colour": self.colour,
            "icon": self.icon,
            "meaning": self.meaning,
            "issuer": self.issuer,
            "type": self.type,
            "claims": [asdict(line) for line in self.claims],
        }


def verdict_view(document: Claims) -> VerdictView:
    """Read a verdict document of our own."""
    verdict = JsonObject(document)
    word = result_words()[verdict.text("code")]
    checks = tuple(map(_check, verdict.objects("checks", max_items=_MAX_CHECKS)))
    is_accepted = word.decision is DecisionClass.ACCEPTED
    credential_type = get(str(document["type"])) if document["type"] else None
    claims = verdict.object("claims").members
    return VerdictView(
        code=word.code,
        is_accepted=is_accepted,
        word=said(short_word(word.code)),
        colour=word.colour,
        icon=word.icon,
        meaning=None if is_accepted else _meaning(checks),
        issuer=_issuer(verdict.object("issuer")) if document["issuer"] else None,
        type=said(credential_type.title) if credential_type else None,
        claims=tuple(map(_claim, shown_claims(credential_type, claims))) if credential_type else (),
        checks=checks,
        as_of=parse_timestamp(verdict.text("as_of")),
    )


def said(label: Label) -> str:
    """A label in the reader's language."""
    return label.en if language() == "en" else label.ko


def _meaning(checks: tuple[CheckLine, ...]) -> str | None:
    for result in _ORDER:
        for check in checks:
            if check.result is result:
                return check.sentence
    return None


def _check(check: JsonObject) -> CheckLine:
    return CheckLine(
        name=translate(f"check.{check.text('name')}"),
        result=Result(check.text("result")),
        sentence=check.text(f"detail_{language()}"),
    )


def _issuer(issuer: JsonObject) -> str:
    return issuer.text(f"name_{language()}")


def _claim(line: ShownClaim) -> ClaimLine:
    if line.text is not None:
        return ClaimLine(label=said(line.label), value=said(line.text))
    return ClaimLine(
        label=said(line.label), value=translate("claim.yes" if line.is_true else "claim.no")
    )
