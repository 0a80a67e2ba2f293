"""Disclosures: claims concealed behind salted digests, and put back where they belong. RFC 9901.

    issuer      claims  ── conceal ──>  payload with digests + disclosures
    anyone      payload + disclosures  ── reveal ──>  claims
    holder      payload + disclosures  ── choose ──>  the disclosures that some paths need

The envelope around them (signatures, key binding) is in `sd_jwt.py`. Digests are SHA-256, the only
algorithm that RFC 9901 §4.1.1 makes everybody understand.
"""

import hashlib
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Final, TypeAlias, TypeGuard

import orjson

from credentials.claims import ClaimPath, Claims, select
from credentials.encoding import decode_base64url, encode_base64url
from credentials.errors import Malformed, TooLarge, Unsupported
from credentials.jcs import canonicalize
from credentials.strict_json import JsonValue, parse_json

SHA_256: Final = "sha-256"
MAX_DISCLOSURES: Final = 256  # a citizen's longest record has dozens; each costs a hash and a parse
MAX_DEPTH: Final = 16  # objects and arrays, the payload itself being the first
# RFC 9901 §9.3 wants 128 bits; with 144, the salts of an object can be encoded in one call.
SALT_BYTES: Final = 18
_SALT_CHARS: Final = 24

_SAFE: Final = frozenset({str, bool})
_RESERVED: Final = frozenset({"_sd", "_sd_alg", "..."})

# Digest → what the disclosure says: an array, if it is one, of salt, name and value.
Disclosures: TypeAlias = "Mapping[str, JsonValue]"


def disclosure_digests(texts: Sequence[str]) -> list[str]:
    """The digests that stand for these disclosures in the payload, 43 characters each.

    texts: ASCII, as base64url is. Spec: RFC 9901 §4.2.3.
    """
    hashes = [hashlib.sha256(text.encode("ascii")).digest() for text in texts]
    # With a zero byte behind it, each hash fills 44 characters, so one call encodes them all.
    encoded = encode_base64url(b"\0".join([*hashes, b""]))
    return [encoded[at : at + 43] for at in range(0, len(encoded), 44)]


def parse_disclosures(texts: Sequence[str]) -> Disclosures:
    """Read disclosures, keeping their order; whether one can stand where it does, `reveal` checks.

    Raises TooLarge beyond 256; Malformed for what is not JSON in base64url, and for a disclosure
    that is there twice. Spec: RFC 9901 §4, §4.2, §7.1 step 3.1.
    """
    if len(texts) > MAX_DISCLOSURES:
        raise TooLarge(f"an SD-JWT has at most {MAX_DISCLOSURES} disclosures here")
    contents = parse_signed_json([decode_base64url(text) for text in texts])
    found = dict(zip(disclosure_digests(texts), contents, strict=True))
    if len(found) != len(texts):
        raise Malformed("a disclosure is there twice")
    return found


def parse_signed_json(texts: list[bytes]) -> list[JsonValue]:
    """Read strict JSON texts: the values and refusals of `parse_json`, sooner for many at once.

    What orjson writes again byte for byte, it has read exactly (`parse_json` says why). Only depth
    is left to `reveal`, which allows less of it.
    """
    try:
        values: list[JsonValue] = orjson.loads(b"[" + b",".join(texts) + b"]")
        if [orjson.dumps(value) for value in values] == texts:
            return values
    except (ValueError, TypeError):
        pass  # The strict parser decides, and says why.
    return [parse_json(text) for text in texts]


def reveal(payload: Claims, disclosures: Disclosures) -> Claims:
    """Put every disclosure in its place: the Processed SD-JWT Payload.

    payload: the issuer's, left as it is.
    Raises Unsupported for another `_sd_alg`, TooLarge beyond a depth of 16, Malformed for all
    else that must be rejected. Spec: RFC 9901 §7.1 steps 2.4 and 3 to 5.
    """
    return _Revealer(disclosures).reveal(payload)


def choose(payload: Claims, disclosures: Disclosures, paths: Collection[ClaimPath]) -> set[str]:
    """The digests of the disclosures that show the claims at these paths, and of no others.

    A claim is shown with all that is in it, and with the claims that it stands in. An index counts
    the elements of an array as they are when nothing is withheld.
    Raises what `reveal` raises, and Malformed if a path leads nowhere. Spec: RFC 9901 §7.2.
    """
    revealer = _Revealer(disclosures)
    claims = revealer.reveal(payload)
    if not all(select(claims, path) for path in paths):
        raise Malformed("a path leads to no claim of this credential")
    return {
        digest
        for digest, place in revealer.places.items()
        if any(_is_on_the_way(place, path) for path in paths)
    }


def conceal(
    claims: Claims,
    *,
    paths: Collection[ClaimPath],
    digests: Mapping[ClaimPath, int],
    entropy: Callable[[int], bytes],
) -> tuple[Claims, list[str]]:
    """Replace the claims at these paths by digests: the payload, and the disclosures for it.

    paths: one that leads nowhere conceals nothing, as not every person has every claim.
    digests: path of an object → how many digests its `_sd` array shall have, decoys included.
    Raises Malformed for reserved names, for fewer digests than concealed claims, for decoys
    in something else than an object and for values outside JSON; TooLarge beyond depth 16 or
    256 disclosures. Spec: RFC 9901 §4.2.
    """
    counts = {path: n for pattern, n in digests.items() for path in _concrete(claims, [pattern])}
    concealer = _Concealer(_concrete(claims, paths), counts, entropy)
    payload = concealer.members(claims, ())
    if any(select(claims, path) for path in concealer.counts):
        raise Malformed("decoy digests are asked for in something that is no object")
    if len(concealer.disclosures) > MAX_DISCLOSURES:
        raise TooLarge(f"an SD-JWT has at most {MAX_DISCLOSURES} disclosures here")
    return payload, concealer.disclosures


class _Revealer:
    """One walk through a payload. `places`: digest → path of the claim that its disclosure showed.

    The digits in comments are the substeps of RFC 9901 §7.1.
    """

    __slots__ = ("_pending", "_seen", "places")

    def __init__(self, disclosures: Disclosures) -> None:
        self._pending = dict(disclosures)
        self._seen: set[str] = set()
        self.places: dict[str, ClaimPath] = {}

    def reveal(self, payload: Claims) -> Claims:
        if payload.get("_sd_alg", SHA_256) != SHA_256:  # 2.4
            raise Unsupported("the digests of the SD-JWT are not SHA-256")
        claims = self._members(payload, ())
        if self._pending:  # 5
            raise Malformed("a disclosure is not referenced by any digest")
        return claims

    def _members(self, members: Claims, path: ClaimPath) -> Claims:
        _check_depth(path)
        revealed: Claims = {}
        for name, value in members.items():
            if name not in _RESERVED:
                revealed[name] = self._value(value, path, name)
            elif name == "..." or (name == "_sd_alg" and path):
                raise Malformed("a name of SD-JWT's own stands where it may not")
        if "_sd" in members:
            for digest in self._known(members["_sd"]):
                name, value = _member(self._pending.pop(digest))
                if name in revealed:  # 3.3.2.3
                    raise Malformed("a disclosure names a claim that is already there")
                self.places[digest] = (*path, name)
                revealed[name] = self._value(value, path, name)  # 3.3.2.4-5
        return revealed

    def _elements(self, elements: list[JsonValue], path: ClaimPath) -> list[JsonValue]:
        _check_depth(path)
        revealed: list[JsonValue] = []
        for element in elements:
            if not isinstance(element, dict) or "..." not in element:
                revealed.append(self._value(element, path, len(revealed)))
                continue
            if len(element) != 1:
                raise Malformed("the digest of an array element has other members beside it")
            for digest in self._known([element["..."]]):  # Unknown: 3.4 removes the element.
                self.places[digest] = (*path, len(revealed))
                value = _element(self._pending.pop(digest))
                revealed.append(self._value(value, path, len(revealed)))  # 3.3.3.2-3
        return revealed

    def _value(self, value: JsonValue, path: ClaimPath, at: str | int) -> JsonValue:
        if isinstance(value, dict):
            return self._members(value, (*path, at))
        if isinstance(value, list):
            return self._elements(value, (*path, at))
        return value

    def _known(self, digests: JsonValue) -> list[str]:
        """Those of the digests that have a disclosure; the others may be decoys."""
        if not _are_texts(digests):
            raise Malformed("_sd is an array of digests, and a digest is a string")
        before = len(self._seen)
        self._seen.update(digests)
        if len(self._seen) != before + len(digests):  # 4
            raise Malformed("a digest is there twice")
        return [digest for digest in digests if digest in self._pending]


def _member(disclosure: JsonValue) -> tuple[str, JsonValue]:
    """The name and the value in the disclosure of a member. 3.3.2.1-2."""
    # Plain tests: a `match` over a dozen disclosures costs a tenth of a signature's verification.
    if isinstance(disclosure, list) and len(disclosure) == 3 and isinstance(disclosure[0], str):
        name = disclosure[1]
        if isinstance(name, str) and name not in _RESERVED:
            return name, disclosure[2]
    raise Malformed("the disclosure of a member is a salt, a name not of SD-JWT's own and a value")


def _element(disclosure: JsonValue) -> JsonValue:
    """The value in the disclosure of an array element. 3.3.3.1."""
    if isinstance(disclosure, list) and len(disclosure) == 2 and isinstance(disclosure[0], str):
        return disclosure[1]
    raise Malformed("the disclosure of an array element is a salt and a value")


def _are_texts(values: JsonValue) -> TypeGuard[list[str]]:
    return isinstance(values, list) and set(map(type, values)) <= {str}


class _Concealer:
    """One walk through claims. `counts`: the decoy rules that no object has answered to yet."""

    __slots__ = ("_entropy", "_paths", "counts", "disclosures")

    def __init__(
        self,
        paths: frozenset[ClaimPath],
        counts: dict[ClaimPath, int],
        entropy: Callable[[int], bytes],
    ) -> None:
        self._paths = paths
        self._entropy = entropy
        self.counts = counts
        self.disclosures: list[str] = []

    def members(self, members: Claims, path: ClaimPath) -> Claims:
        _check_depth(path)
        visible: Claims = {}
        concealed: list[tuple[JsonValue, ...]] = []
        for name, value in members.items():
            if name in _RESERVED:
                raise Malformed("a claim has a name of SD-JWT's own")
            place = (*path, name)
            content = self._value(value, place)
            if place in self._paths:
                concealed.append((name, content))
            else:
                visible[name] = content
        digests = self._disclose(concealed) + self._decoys(path, len(concealed))
        if digests:
            # Sorted, so that their order does not tell the order of the claims: §4.2.4.1.
            visible["_sd"] = [*sorted(digests)]
        return visible

    def _elements(self, elements: list[JsonValue], path: ClaimPath) -> list[JsonValue]:
        _check_depth(path)
        visible: list[JsonValue] = []
        for index, value in enumerate(elements):
            place = (*path, index)
            content = self._value(value, place)
            if place in self._paths:
                [digest] = self._disclose([(content,)])
                content = {"...": digest}
            visible.append(content)
        return visible

    def _value(self, value: JsonValue, path: ClaimPath) -> JsonValue:
        if isinstance(value, dict):
            return self.members(value, path)
        if isinstance(value, list):
            return self._elements(value, path)
        return value

    def _disclose(self, contents: Sequence[tuple[JsonValue, ...]]) -> list[str]:
        salted = zip(self._salts(len(contents)), contents, strict=True)
        texts = [encode_base64url(_encode([salt, *content])) for salt, content in salted]
        self.disclosures += texts
        return disclosure_digests(texts)

    def _salts(self, count: int) -> list[str]:
        encoded = encode_base64url(self._entropy(SALT_BYTES * count))
        return [encoded[at : at + _SALT_CHARS] for at in range(0, len(encoded), _SALT_CHARS)]

    def _decoys(self, path: ClaimPath, real: int) -> list[str]:
        wanted = self.counts.pop(path, real)
        if wanted < real:
            raise Malformed("an object has more concealed claims than it may have digests")
        return disclosure_digests(self._salts(wanted - real))


def _encode(array: list[JsonValue]) -> bytes:
    # No rule makes a disclosure canonical; what matters is that no value changes silently, as NaN
    # would in orjson. Neither a string nor true and false can, and most claims are one of them.
    if type(array[-1]) not in _SAFE:
        return canonicalize(array)
    try:
        return orjson.dumps(array)
    except TypeError as error:
        raise Malformed("a claim holds a lone surrogate") from error


def _concrete(claims: Claims, paths: Collection[ClaimPath]) -> frozenset[ClaimPath]:
    """The same paths, each None in them replaced by every index that is there."""
    if not any(None in path for path in paths):
        return frozenset(paths)
    return _concrete(claims, [found for path in paths for found in _indexed(claims, path)])


def _indexed(claims: Claims, path: ClaimPath) -> Iterable[ClaimPath]:
    """A path with its first None replaced by every index that is there."""
    if None not in path:
        return [path]
    at = path.index(None)
    arrays = [array for array in select(claims, path[:at]) if isinstance(array, list)]
    return [(*path[:at], i, *path[at + 1 :]) for array in arrays for i in range(len(array))]


def _is_on_the_way(place: ClaimPath, path: ClaimPath) -> bool:
    """Whether one of the two leads to the other, None standing for every index."""
    return all(
        there == wanted or wanted is None for there, wanted in zip(place, path, strict=False)
    )


def _check_depth(path: ClaimPath) -> None:
    if len(path) >= MAX_DEPTH:
        raise TooLarge(f"claims are nested deeper than {MAX_DEPTH}")
