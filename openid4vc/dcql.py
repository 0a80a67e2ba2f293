"""DCQL: which credentials a verifier asks for, and which of their claims. OpenID4VP 1.0 §6, §7.

This file is the query alone; `dcql_match.py` holds it against credentials.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from credentials.claims import ClaimPath, Claims, parse_claim_path
from credentials.errors import Malformed
from credentials.json_object import JsonObject
from credentials.strict_json import JsonValue
from openid4vc.credential_configuration import CredentialFormat

# Matching costs credentials held x claims asked x values allowed, so each factor has an end.
MAX_CREDENTIALS: Final = 32
MAX_CLAIMS: Final = 64
MAX_SETS: Final = 32
MAX_VALUES: Final = 64
MAX_ID_CHARS: Final = 128

ExpectedValue: TypeAlias = "str | int | bool"

_ID: Final = re.compile(r"[A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimsQuery:
    """One claim that is asked for. values: what it may be; empty when anything will do. §6.3."""

    id: str | None
    path: ClaimPath
    values: tuple[ExpectedValue, ...]

    def to_json(self) -> Claims:
        """One element of `claims`."""
        members: Claims = {"path": list(self.path)}
        if self.id is not None:
            members["id"] = self.id
        if self.values:
            members["values"] = list(self.values)
        return members


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustedAuthority:
    """Who certifies the issuers that the verifier accepts. §6.1.1."""

    type: str
    values: tuple[str, ...]

    def to_json(self) -> Claims:
        """One element of `trusted_authorities`."""
        return {"type": self.type, "values": list(self.values)}


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialQuery:
    """One credential that is asked for. §6.1, B.1.1, B.3.5.

    format: any Credential Format Identifier, also one that is not known here, whose `meta` is then
    not kept: such a query matches nothing, but leaves the others answerable.
    vct_values: the types that will do, dc+sd-jwt only; type_values: alternatives, each a set of
    types that must all be there, W3C formats only. claim_sets: ids of `claims`, best first;
    without them, all `claims` are asked for.
    """

    id: str
    format: str
    vct_values: tuple[str, ...] = ()
    type_values: tuple[tuple[str, ...], ...] = ()
    claims: tuple[ClaimsQuery, ...] = ()
    claim_sets: tuple[tuple[str, ...], ...] = ()
    multiple: bool = False
    require_holder_binding: bool = True
    trusted_authorities: tuple[TrustedAuthority, ...] = ()

    def options(self) -> tuple[tuple[ClaimsQuery, ...], ...]:
        """The combinations of claims that satisfy this query, best first. Spec: §6.4.1."""
        if not self.claim_sets:
            return (self.claims,)
        by_id = {claim.id: claim for claim in self.claims}
        return tuple(tuple(by_id[name] for name in claim_set) for claim_set in self.claim_sets)

    def to_json(self) -> Claims:
        """One element of `credentials`; members that have their default are left out."""
        members: Claims = {"id": self.id, "format": self.format, "meta": self._meta()}
        if self.claims:
            members["claims"] = [claim.to_json() for claim in self.claims]
        if self.claim_sets:
            members["claim_sets"] = [list(claim_set) for claim_set in self.claim_sets]
        if self.multiple:
            members["multiple"] = True
        if not self.require_holder_binding:
            members["require_cryptographic_holder_binding"] = False
        if self.trusted_authorities:
            members["trusted_authorities"] = [item.to_json() for item in self.trusted_authorities]
        return members

    def _meta(self) -> Claims:
        if self.format == CredentialFormat.SD_JWT_VC:
            return {"vct_values": list(self.vct_values)}
        if self.type_values:
            return {"type_values": [list(types) for types in self.type_values]}
        return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialSetQuery:
    """Alternatives, each a set of credential query ids; `required` unless it is a wish. §6.2."""

    options: tuple[tuple[str, ...], ...]
    required: bool = True

    def to_json(self) -> Claims:
        """One element of `credential_sets`."""
        return {"options": [list(option) for option in self.options], "required": self.required}


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A whole DCQL query. Without credential sets, every credential is asked for. §6."""

    credentials: tuple[CredentialQuery, ...]
    credential_sets: tuple[CredentialSetQuery, ...] = ()

    def sets(self) -> tuple[CredentialSetQuery, ...]:
        """The credential sets, or the one that their absence stands for. Spec: §6.4.2."""
        everything = tuple(credential.id for credential in self.credentials)
        return self.credential_sets or (CredentialSetQuery(options=(everything,)),)

    def to_json(self) -> Claims:
        """The `dcql_query` object."""
        members: Claims = {"credentials": [item.to_json() for item in self.credentials]}
        if self.credential_sets:
            members["credential_sets"] = [item.to_json() for item in self.credential_sets]
        return members


def parse_query(value: JsonValue) -> Query:
    """Read a `dcql_query` object; unknown members are ignored, as §6 demands.

    Raises Malformed, also for ids that come twice or lead nowhere, one claim asked for twice, and
    `meta` without the type that the format demands.
    """
    document = JsonObject(value, "dcql_query")
    credentials = tuple(map(_credential, _objects(document, "credentials", MAX_CREDENTIALS)))
    ids = [credential.id for credential in credentials]
    if len(set(ids)) != len(ids):
        raise Malformed("two credential queries have the same id")
    sets: tuple[CredentialSetQuery, ...] = ()
    if "credential_sets" in document:
        sets = tuple(_set(item, ids) for item in _objects(document, "credential_sets", MAX_SETS))
    return Query(credentials=credentials, credential_sets=sets)


def parse_query_id(text: str) -> str:
    """Read the id of a credential query or claim. Raises Malformed. Spec: §6.1, §6.3."""
    if len(text) > MAX_ID_CHARS or not _ID.fullmatch(text):
        raise Malformed("an id of DCQL is made of letters, digits, _ and -")
    return text


def _credential(item: JsonObject) -> CredentialQuery:
    credential_format, meta = item.text("format"), item.object("meta")
    claims = _claims(item)
    multiple = item.boolean_or_none("multiple")
    binding = item.boolean_or_none("require_cryptographic_holder_binding")
    return CredentialQuery(
        id=parse_query_id(item.text("id")),
        format=credential_format,
        vct_values=_vct_values(credential_format, meta),
        type_values=_type_values(credential_format, meta),
        claims=claims,
        claim_sets=_claim_sets(item, claims),
        multiple=multiple or False,
        require_holder_binding=binding is not False,
        trusted_authorities=_trusted_authorities(item),
    )


def _vct_values(credential_format: str, meta: JsonObject) -> tuple[str, ...]:
    if credential_format != CredentialFormat.SD_JWT_VC:
        return ()
    return _texts(meta, "vct_values")


def _type_values(credential_format: str, meta: JsonObject) -> tuple[tuple[str, ...], ...]:
    if credential_format not in {CredentialFormat.JWT_VC, CredentialFormat.LDP_VC}:
        return ()
    return _lists(meta, "type_values")


def _claims(item: JsonObject) -> tuple[ClaimsQuery, ...]:
    if "claims" not in item:
        return ()
    claims = tuple(_claim(claim) for claim in _objects(item, "claims", MAX_CLAIMS))
    ids = [claim.id for claim in claims if claim.id is not None]
    if len(set(ids)) != len(ids):
        raise Malformed("two claims of one credential query have the same id")
    if len({claim.path for claim in claims}) != len(claims):
        raise Malformed("a credential query asks for one claim twice")
    return claims


def _claim(item: JsonObject) -> ClaimsQuery:
    claim_id = item.text_or_none("id")
    return ClaimsQuery(
        id=None if claim_id is None else parse_query_id(claim_id),
        path=parse_claim_path(item.members.get("path")),
        values=tuple(map(_value, _array(item, "values", MAX_VALUES))) if "values" in item else (),
    )


def _value(value: JsonValue) -> ExpectedValue:
    if not isinstance(value, str | int):
        raise Malformed("an expected value is a string, an integer, true or false")
    return value


def _claim_sets(item: JsonObject, claims: Sequence[ClaimsQuery]) -> tuple[tuple[str, ...], ...]:
    if "claim_sets" not in item:
        return ()
    ids = {claim.id for claim in claims}
    if None in ids:
        raise Malformed("with claim_sets, every claim has an id")
    return _references(item, "claim_sets", ids)


def _trusted_authorities(item: JsonObject) -> tuple[TrustedAuthority, ...]:
    if "trusted_authorities" not in item:
        return ()
    return tuple(
        TrustedAuthority(type=authority.text("type"), values=_texts(authority, "values"))
        for authority in _objects(item, "trusted_authorities", MAX_SETS)
    )


def _set(item: JsonObject, ids: Sequence[str]) -> CredentialSetQuery:
    required = item.boolean_or_none("required")
    return CredentialSetQuery(
        options=_references(item, "options", set(ids)), required=required is not False
    )


def _references(
    item: JsonObject, name: str, ids: set[str] | set[str | None]
) -> tuple[tuple[str, ...], ...]:
    lists = _lists(item, name)
    if any(not ids.issuperset(names) or len(set(names)) != len(names) for names in lists):
        raise Malformed(f"{name} names an id twice, or one that the query does not have")
    return lists


def _lists(item: JsonObject, name: str) -> tuple[tuple[str, ...], ...]:
    rows = [JsonObject({name: row}) for row in _array(item, name, MAX_SETS)]
    return tuple(_texts(row, name) for row in rows)


def _texts(item: JsonObject, name: str) -> tuple[str, ...]:
    _array(item, name, MAX_VALUES)
    return tuple(item.texts(name, max_items=MAX_VALUES))


def _objects(item: JsonObject, name: str, max_items: int) -> list[JsonObject]:
    _array(item, name, max_items)
    return item.objects(name, max_items=max_items)


def _array(item: JsonObject, name: str, max_items: int) -> list[JsonValue]:
    """Every array of DCQL is non-empty where it is present at all."""
    values = item.array(name, max_items=max_items)
    if not values:
        raise Malformed(f"{name} must not be empty")
    return values
