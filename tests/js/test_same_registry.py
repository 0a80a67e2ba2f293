"""Python and JavaScript follow the same logs to the same registry, and stop at the same fault.

DID logs, the leaves of the registry's log, signed heads, proofs: each table begins with what our
Python writes, changes one thing, and hashes and signs again where that is not the fault.
"""

import copy
import itertools
import random
from datetime import timedelta

from credentials.claims import Claims
from credentials.encoding import encode_base64url
from credentials.jcs import canonicalize
from credentials.json_object import parse_object
from credentials.jwk import encode_jwk
from did_registry.document import Purpose
from did_registry.leaf import ChainHead, LeafKind
from did_registry.tlog.merkle import leaf_hash
from did_registry.tlog.note import verifier_key
from did_registry.tlog.proof import (
    build_consistency,
    build_inclusion,
)
from did_registry.tlog.tiles import encode_bundle, parse_bundle
from did_registry.webvh.did import parse_did
from did_registry.webvh.history import replay
from tests.simulators.every_change import every_change
from tests.simulators.javascript import Table, data64, moment
from tests.simulators.js_registry import (
    DAY,
    MORE_PARAMETERS,
    PERIOD,
    PROOF_OPTIONS,
    SCID,
    add_consistency,
    add_drafts,
    add_inclusion,
    add_leaf,
    add_log,
    add_next,
    add_replica,
    base64_text,
    both_ways,
    credentials_near,
    nodes_of,
    paths_near,
    resigned_entry,
    said_head,
    said_issuers,
    said_key,
    said_leaf,
    said_method,
    said_note,
    said_verifier_key,
)
from tests.simulators.registry_log import ORIGIN, RegistryLog, log_key, signing_key
from tests.simulators.webvh_log import (
    DID,
    did_of,
    document,
    plain_drafts,
    rotating_drafts,
    seal,
    signer,
    to_log,
)


def test_dids() -> None:
    table = Table()
    rng = random.Random(7)
    texts = [f"did:webvh:{SCID}:localhost%3A8000:dids:GU-11620", f"did:webvh:{SCID}:a.example"]
    pieces = [
        "%3A",
        "%3a",
        "%20",
        "%C3%A9",
        "%",
        ":",
        "..",
        ".",
        "-",
        "_",
        "A",
        "#x",
        "?y",
        "/",
        "é",
    ]
    pieces += [
        "%2F",
        "%41",
        "0x1",
        "1",
        "xn--",
        "65536",
        "",
        " ",
        "\n",
        "%00",
        "%E2%80%8B",
        "1.2.3.4",
    ]
    for text in [*texts, "", "did:web:a", f"did:webvh:{SCID}", f"did:webvh:{SCID}:" + "a" * 1024]:
        table.add("did", text, {"text": text}, lambda t: parse_did(t).scid, text)
    for _ in range(1500):
        text = rng.choice(texts)
        place = rng.randrange(56, len(text) + 1)
        text = text[:place] + rng.choice(pieces) + text[place + rng.randrange(2) :]
        table.add("did", ascii(text), {"text": text}, lambda t: parse_did(t).scid, text)
    both_ways(table.compare())


def test_did_logs_with_changed_parameters_and_documents() -> None:
    table = Table()
    for make in (plain_drafts, rotating_drafts):
        for place, draft in enumerate(make()):
            changes = every_change({**draft.parameters, **MORE_PARAMETERS})
            for name, parameters in itertools.islice(changes, 0, None, 3):
                add_drafts(table, f"{place} parameters {name}", make, place, parameters=parameters)
    for name, state in every_change({"id": DID, "alsoKnownAs": ["https://a.example"]}):
        for place in (0, 1):
            add_drafts(table, f"{place} state {name}", plain_drafts, place, state=state)
    for time in ("2026-03-13T03:04:05Z", "2026-03-13T03:04:04Z", "2027-03-13T03:09:06Z", "x", ""):
        for place in (0, 1):
            add_drafts(table, f"{place} time {time}", plain_drafts, place, time=time)
    for signers in (
        [],
        [signer(1)],
        [signer(0), signer(0)],
        [signer(0), signer(1)],
        [signer(0)] * 5,
    ):
        add_drafts(table, f"{len(signers)} signers", plain_drafts, 1, signers=signers)
    both_ways(table.compare())


def test_did_logs_with_changed_entries() -> None:
    table = Table()
    entries = seal(rotating_drafts())
    did = did_of(entries)
    for place in (0, 1):
        for name, entry in itertools.islice(every_change(entries[place]), 0, None, 3):
            changed = [*entries[:place], entry, *entries[place + 1 :]]
            add_log(table, f"{place} {name}", to_log(changed), did)
        for name, options in every_change(dict(PROOF_OPTIONS)):
            resigned = resigned_entry(entries[place], place, options)
            if resigned is not None:
                changed = [*entries[:place], resigned, *entries[place + 1 :]]
                add_log(table, f"{place} options {name}", to_log(changed), did)
    log = to_log(entries)
    for data in (
        b"",
        b"\n",
        log[:-1],
        log + b"\n",
        log + log,
        log.replace(b"\n", b"\r\n"),
        log * 400,
    ):
        add_log(table, repr(data[-9:]), data, did)
    for other in (did + "x", did.replace("registry", "other"), did.replace("Qm", "Qn")):
        add_log(table, other, log, other)
    both_ways(table.compare())


def test_the_key_of_a_time() -> None:
    table = Table()
    log = RegistryLog()
    member = log.member("GU-11620")
    for _ in range(2):
        log.clock.advance(days=1)
        log.rotate(member)
    log.clock.advance(days=1)
    log.deactivate(member)
    data = to_log(
        [dict(parse_object(leaf).object("body").object("entry").members) for leaf in log.leaves[1:]]
    )
    did, now = str(member.did), log.clock() + DAY
    start = member.history.versions[0].time
    for hours in (-1, 0, 1, 23, 24, 25, 49, 71, 72, 73, 100):
        for fragment in ("eddsa-1", "es256-1", "other", ""):
            for purpose in (Purpose.ASSERTION, Purpose.AUTHENTICATION):
                time = start + timedelta(hours=hours)
                method = f"{did}#{fragment}"
                given = {
                    "data": data64(data), "did": did, "now": moment(now), "method": method,
                    "purpose": purpose.value, "time": moment(time),
                }  # fmt: skip
                table.add(
                    "key-at", f"{fragment} {purpose} after {hours} h", given,
                    lambda m, p, t: said_key(
                        replay(data, did=parse_did(did), now=now, witnesses=None).key_at(m, p, t)
                    ), method, purpose, time,
                )  # fmt: skip
    both_ways(table.compare())


def test_methods_of_a_document() -> None:
    table = Table()
    did = DID.replace("{SCID}", SCID)
    members = document(did)
    members["service"] = [
        {"id": "#i", "type": "CredentialIssuer", "serviceEndpoint": "https://a.example"}
    ]
    relative = copy.deepcopy(members)
    relative["verificationMethod"][0]["id"] = "#key-0"
    relative["assertionMethod"] = [
        {**relative["verificationMethod"][1], "id": "#embedded"},
        "#key-0",
    ]
    jwk = copy.deepcopy(members)
    del jwk["verificationMethod"][0]["publicKeyMultibase"]
    jwk["verificationMethod"][0] |= {
        "type": "JsonWebKey", "publicKeyJwk": encode_jwk(signer(100).public_key),
    }  # fmt: skip
    for base in (members, relative, jwk):
        for name, changed in every_change(base):
            for fragment in ("key-0", "embedded"):
                given = {
                    "members": changed,
                    "method": f"{did}#{fragment}",
                    "purpose": "assertionMethod",
                }
                table.add("method", f"{fragment} {name}", given, lambda g: said_method(**g), given)
            table.add("issuers", name, {"members": changed}, said_issuers, changed)
    for field in ("revoked", "expires"):
        changed = copy.deepcopy(members)
        changed["verificationMethod"][0][field] = "2026-01-01T00:00:00Z"
        given = {"members": changed, "method": f"{did}#key-0", "purpose": "assertionMethod"}
        table.add("method", field, given, lambda g: said_method(**g), given)
    both_ways(table.compare())


def test_leaves() -> None:
    table = Table()
    head = ChainHead(size=3, last=b"\x07" * 32)
    digest = encode_base64url(b"\x11" * 32)
    bodies: dict[str, tuple[str, Claims]] = {
        "did": (SCID, {"entry": {"a": 1}}),
        "accreditation": (SCID, {"credential": {"a": 1}}),
        "schema": ("types/X/v1", {"h": digest}),
        "status": ("GU-1", {"list": "GU-1", "h": digest, "seq": 1, **PERIOD}),
        "directory": ("d", {"root": digest, "n": 2, "upto": 3}),
        "batch": ("GU-1", {"agency": "GU-1", "root": digest, "n": 2, **PERIOD}),
        "audit": ("GU-1", {"agency": "GU-1", "head": digest, "n": 1}),
        "notice": ("n", {"statement": {"a": 1}}),
        "service": ("s", {"service": "s", "root": digest, "seq": 1}),
        "origin": (ORIGIN, {"checkpoint": RegistryLog().note().decode()}),
        "other": ("x", {}),
    }
    for kind, (subject, body) in bodies.items():
        leaf: Claims = {
            "v": 1, "i": 3, "prev": base64_text(head.last), "kind": kind, "sub": subject,
            "t": "2026-03-13T03:04:05Z", "body": body,
        }  # fmt: skip
        for name, changed in every_change(leaf):
            add_leaf(table, f"{kind} {name}", changed, head)
    data = canonicalize(leaf)
    for text in (data + b" ", b" " + data, data.replace(b",", b", "), b"", b"[]", data * 2):
        given = {"data": data64(text), "last": {"size": 3, "digest": data64(head.last)}}
        table.add("leaf", repr(text[:9]), given, lambda t: said_leaf(t, head), text)
    both_ways(table.compare())


def test_notes_and_heads() -> None:
    table = Table()
    rng = random.Random(8)
    note = RegistryLog().note()
    key = str(log_key())
    other = str(verifier_key(ORIGIN, signing_key(1).public_key))
    notes = [note, b"", note + b"\n", note[:-1], note * 2, note.replace(b"\n\n", b"\n")]
    notes += [
        note.replace(b"\n1\n", b"\n" + size + b"\n") for size in (b"0", b"01", b"9007199254740992")
    ]
    for _ in range(1200):
        place = rng.randrange(len(note))
        piece = rng.choice(
            [b"", b"\n", b" ", b"A", b"+", b"\xe2\x80\x94 ", b"\t", b"=", b"0", b"\xff"]
        )
        notes.append(note[:place] + piece + note[place + rng.randrange(2) :])
    for data in notes:
        for name, with_key in (("ours", key), ("another", other)):
            given = {"data": data64(data), "key": with_key}
            table.add(
                "checkpoint",
                f"{name} {data[-30:]!r}",
                given,
                said_head,
                data,
                with_key,
            )
            table.add(
                "note",
                f"{name} {data[-30:]!r}",
                given,
                said_note,
                data,
                with_key,
            )
    for _ in range(400):
        place = rng.randrange(len(key))
        text = key[:place] + rng.choice("+ aA0/=ü\n") + key[place + rng.randrange(2) :]
        table.add("verifier-key", ascii(text), {"text": text}, said_verifier_key, text)
    both_ways(table.compare())


def test_proofs_and_bundles() -> None:
    table = Table()
    leaves = [leaf_hash(b"%d" % n) for n in range(37)]
    for size in (1, 2, 3, 7, 8, 31, 37):
        for index in sorted({0, size // 2, size - 1}):
            path = build_inclusion(index, size, nodes_of(leaves))
            for name, changed in paths_near(path):
                for place in (index, index + 1):
                    add_inclusion(table, f"{place} of {size}, {name}", leaves, place, size, changed)
    for old in (0, 1, 2, 5, 8, 36, 37):
        for new in (0, 1, 8, 20, 37):
            path = build_consistency(old, new, nodes_of(leaves)) if old <= new else []
            for name, changed in paths_near(path):
                add_consistency(table, f"{old} in {new}, {name}", leaves, old, new, changed)
    data = encode_bundle([b"", b"a", b"b" * 300])
    for text in (data, data[:-1], data + b"\0", data + b"\0\0", b"", b"\0", data[2:]):
        for width in (1, 2, 3, 4):
            given = {"data": data64(text), "width": width}
            table.add(
                "bundle", f"{width} {text[:8]!r}", given,
                lambda d, w: [data64(leaf) for leaf in parse_bundle(d, w)], text, width,
            )  # fmt: skip
    both_ways(table.compare())


def test_replicas() -> None:
    table = Table()
    log = RegistryLog()
    agency, library = log.member("GU-11620"), log.member("VER-LIB")
    log.clock.advance(hours=1)
    log.accredit(agency, "SeoulResidencyCredential", "CityCertificateCredential/appointment")
    log.register(library, "SeoulResidencyCredential.residentOfSeoul")
    log.add(
        LeafKind.SCHEMA, "types/SeoulResidencyCredential/v1", {"h": encode_base64url(b"\1" * 32)}
    )
    log.clock.advance(days=1)
    log.rotate(agency)
    add_replica(table, "all", log, log.leaves)
    log.clock.advance(days=1)
    for name, credential in credentials_near(
        log, log.accreditation(agency, "SeoulResidencyCredential")
    ):
        add_next(
            table, f"accreditation {name}", log, LeafKind.ACCREDITATION, agency.did.scid, credential
        )
    for name, credential in credentials_near(
        log, log.registration(library, "SeoulResidencyCredential.x")
    ):
        add_next(
            table, f"registration {name}", log, LeafKind.VERIFIER, library.did.scid, credential
        )
    for subject in (library.did.scid, SCID, "x"):
        credential = log.accreditation(agency, "SeoulResidencyCredential")
        add_next(table, f"of {subject}", log, LeafKind.ACCREDITATION, subject, credential)
    for offset in (-DAY * 3, -timedelta(seconds=1), timedelta(seconds=300), timedelta(seconds=302)):
        leaf = log.build(
            LeafKind.SCHEMA, "types/Y/v1", {"h": encode_base64url(b"\2" * 32)},
            time=log.clock().replace(microsecond=0) + offset,
        )  # fmt: skip
        add_replica(table, f"a leaf at {offset}", log, [*log.leaves, leaf])
    again = log.build(
        LeafKind.SCHEMA, "types/SeoulResidencyCredential/v1", {"h": encode_base64url(b"\2" * 32)}
    )
    add_replica(table, "a type twice", log, [*log.leaves, again])
    entry = parse_object(log.leaves[-1]).object("body").members
    for subject in (agency.did.scid, library.did.scid):
        add_replica(
            table, "an entry again", log, [*log.leaves, log.build(LeafKind.DID, subject, entry)]
        )
    for number in range(len(log.leaves)):
        add_replica(table, f"without {number}", log, log.leaves[:number] + log.leaves[number + 1 :])
        add_replica(table, f"signed only to {number}", log, log.leaves, note=log.note(number))
    add_replica(table, "another log", log, log.leaves, note=log.note(origin="other.example"))
    add_replica(table, "another key", log, log.leaves, note=log.note(key=signing_key(9)))
    add_replica(table, "another root", log, log.leaves, root=str(agency.did))
    both_ways(table.compare())
