"""The acts of the registry's root: what each needs, who has to agree, and what may follow.

    proposed ── a second person approves ──> done
    proposed ── either of them withdraws ──> withdrawn
    in-effect ── a second person confirms ──> done          a compromise, which can't wait

Every act takes two people. What an act does to the log stands in `actions/`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final, TypeAlias, TypedDict

from credentials.claims import Claims
from credentials.data_integrity import format_timestamp, parse_timestamp
from credentials.errors import Malformed
from credentials.json_object import JsonObject
from did_registry.accreditation import MAX_ATTRIBUTES, MAX_TYPES
from did_registry.admission import MAX_CERTIFICATE_CHARS, Asking
from did_registry.errors import ActNotOpen, SamePerson
from did_registry.tlog.base64_standard import decode_base64, encode_base64


class ActKind(StrEnum):
    """What the root can do."""

    ROTATE = "rotate"
    DEACTIVATE = "deactivate"
    COMPROMISE = "compromise"
    ADMIT = "admit"
    ACCREDIT = "accredit"
    REGISTER = "register"
    ENROL = "enrol"
    END_ADMISSION = "end-admission"


class ActState(StrEnum):
    """How far an act has come."""

    PROPOSED = "proposed"
    IN_EFFECT = "in-effect"
    DONE = "done"
    WITHDRAWN = "withdrawn"


OPEN: Final = frozenset({ActState.PROPOSED, ActState.IN_EFFECT})


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotate:
    """New keys for an agency or verifier of the registry."""

    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Deactivate:
    """The end of an agency's or verifier's DID. Nothing follows it."""

    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclareCompromise:
    """A key that somebody else may hold. code: or the DID of one that was admitted; key: the
    fragment of its name; since: from when on what it signs does not count."""

    code: str
    key: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Admit:
    """Somebody from elsewhere who shall count here; as `admission.Admission`, without its end."""

    did: str
    name_ko: str
    name_en: str
    types: tuple[str, ...]
    asking: Asking | None
    anchor: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EndAdmission:
    """The end of what an admission gave. did: or the name of an anchor; since: from when on."""

    did: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Accredit:
    """Another period in which an agency may issue. types: other ones than until now, or ()."""

    code: str
    types: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """Another period in which a verifier may ask. attributes: others than until now, or ()."""

    code: str
    attributes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrol:
    """Somebody new, who gets a DID of this registry and its first right, to issue or to ask. types:
    what it may issue, () for one that asks; asking: None for one that issues."""

    code: str
    name_ko: str
    name_en: str
    types: tuple[str, ...]
    asking: Asking | None


Terms: TypeAlias = (
    Rotate | Deactivate | DeclareCompromise | Admit | EndAdmission | Accredit | Register | Enrol
)

_KINDS: Final[Mapping[type[Terms], ActKind]] = MappingProxyType(
    {
        Rotate: ActKind.ROTATE,
        Deactivate: ActKind.DEACTIVATE,
        DeclareCompromise: ActKind.COMPROMISE,
        Admit: ActKind.ADMIT,
        EndAdmission: ActKind.END_ADMISSION,
        Accredit: ActKind.ACCREDIT,
        Register: ActKind.REGISTER,
        Enrol: ActKind.ENROL,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RootAct:
    """One act. decided_by: the second person, or who withdrew it; effect: what came of it, None
    before it has one."""

    id: str
    terms: Terms
    state: ActState
    proposed_by: str
    proposed_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    effect: Claims | None

    @property
    def kind(self) -> ActKind:
        return kind_of(self.terms)

    @property
    def subject(self) -> str:
        return subject_of(self.terms)

    def check_second(self, by: str) -> None:
        """Refuse whoever can't be its second person. Raises ActNotOpen or SamePerson."""
        if self.state not in OPEN:
            raise ActNotOpen(f"the act is {self.state}")
        if by == self.proposed_by:
            raise SamePerson("whoever proposed an act can't be its second person")

    def check_withdrawable(self) -> None:
        """Refuse to take back what is in effect: the log can't forget it. Raises ActNotOpen."""
        if self.state is not ActState.PROPOSED:
            raise ActNotOpen(f"the act is {self.state}")

    def to_json(self) -> Claims:
        """What the command line prints."""
        return {
            "act": self.id,
            "kind": self.kind.value,
            "subject": self.subject,
            "state": self.state.value,
            "terms": encode_terms(self.terms),
            "proposed_by": self.proposed_by,
            "proposed_at": format_timestamp(self.proposed_at),
            "decided_by": self.decided_by,
            "decided_at": None if self.decided_at is None else format_timestamp(self.decided_at),
            "effect": self.effect,
        }


def kind_of(terms: Terms) -> ActKind:
    """The kind of act that these terms are of."""
    return _KINDS[type(terms)]


def subject_of(terms: Terms) -> str:
    """Whom or what the act is about; an act of a kind is open once for each subject."""
    match terms:
        case DeclareCompromise(code=code, key=key):
            return f"{code}#{key}"
        case Admit(did=did) | EndAdmission(did=did):
            return did
        case Rotate(code=code) | Deactivate(code=code):
            return code
        case Accredit(code=code) | Register(code=code) | Enrol(code=code):
            return code


def encode_terms(terms: Terms) -> Claims:
    """Terms as they are stored and shown."""
    match terms:
        case Rotate(code=code) | Deactivate(code=code):
            return {"code": code}
        case DeclareCompromise(code=code, key=key, since=since):
            return {"code": code, "key": key, "since": format_timestamp(since)}
        case Accredit(code=code, types=types):
            return {"code": code, "types": list(types)}
        case Register(code=code, attributes=attributes):
            return {"code": code, "attributes": list(attributes)}
        case Admit(did=did, anchor=anchor):
            named: Claims = {"did": did}
            if anchor is not None:
                named["certificate"] = encode_base64(anchor)
            return {**named, **_encode_rights(terms)}
        case EndAdmission(did=did, since=since):
            return {"did": did, "since": format_timestamp(since)}
        case Enrol(code=code):
            return {"code": code, **_encode_rights(terms)}


def parse_terms(kind: ActKind, terms: JsonObject) -> Terms:
    """Read stored terms. Raises Malformed."""
    match kind:
        case ActKind.ROTATE:
            return Rotate(code=terms.text("code"))
        case ActKind.DEACTIVATE:
            return Deactivate(code=terms.text("code"))
        case ActKind.COMPROMISE:
            since = parse_timestamp(terms.text("since"))
            return DeclareCompromise(code=terms.text("code"), key=terms.text("key"), since=since)
        case ActKind.ACCREDIT:
            types = tuple(terms.texts("types", max_items=MAX_TYPES))
            return Accredit(code=terms.text("code"), types=types)
        case ActKind.REGISTER:
            attributes = tuple(terms.texts("attributes", max_items=MAX_ATTRIBUTES))
            return Register(code=terms.text("code"), attributes=attributes)
        case ActKind.ADMIT:
            certificate = terms.text_or_none("certificate", max_chars=MAX_CERTIFICATE_CHARS)
            anchor = None if certificate is None else decode_base64(certificate)
            return Admit(did=terms.text("did"), anchor=anchor, **_parse_rights(terms))
        case ActKind.END_ADMISSION:
            return EndAdmission(did=terms.text("did"), since=parse_timestamp(terms.text("since")))
        case ActKind.ENROL:
            return Enrol(code=terms.text("code"), **_parse_rights(terms))


class _Rights(TypedDict):
    """What an admission and an enrolment have in common."""

    name_ko: str
    name_en: str
    types: tuple[str, ...]
    asking: Asking | None


def _encode_rights(terms: Admit | Enrol) -> Claims:
    asking = terms.asking
    return {
        "name_ko": terms.name_ko,
        "name_en": terms.name_en,
        "types": list(terms.types),
        "asking": None
        if asking is None
        else {
            "attributes": list(asking.attributes),
            "purpose_ko": asking.purpose_ko,
            "purpose_en": asking.purpose_en,
            "legal_basis": asking.legal_basis,
            "retention_days": asking.retention_days,
        },
    }


def _parse_rights(terms: JsonObject) -> _Rights:
    asking = None if terms.members.get("asking") is None else terms.object("asking")
    if asking is None and "asking" not in terms:
        raise Malformed("the terms say whether it may ask")
    return _Rights(
        name_ko=terms.text("name_ko"),
        name_en=terms.text("name_en"),
        types=tuple(terms.texts("types", max_items=MAX_TYPES)),
        asking=None
        if asking is None
        else Asking(
            attributes=tuple(asking.texts("attributes", max_items=MAX_ATTRIBUTES)),
            purpose_ko=asking.text("purpose_ko"),
            purpose_en=asking.text("purpose_en"),
            legal_basis=asking.text("legal_basis"),
            retention_days=asking.integer("retention_days"),
        ),
    )
