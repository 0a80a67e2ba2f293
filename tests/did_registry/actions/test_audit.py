"""Audits from the first leaf and from a remembered head, of logs that are right and rewritten."""

import tracemalloc
from dataclasses import replace

import pytest

from credentials.claims import Claims
from credentials.encoding import encode_base64url
from credentials.errors import Error, Malformed
from credentials.json_object import parse_object
from credentials.keys import Ed25519Signer
from did_registry.actions.audit import Audited
from did_registry.audit_errors import AuditMemoryDamaged, FileRejected, LogRewritten, SignerUnknown
from did_registry.errors import LeafRejected, LogInconsistent, RegistryUnavailable
from did_registry.leaf import LeafKind
from did_registry.rewriting import Manner, parse_rewriting, verify_rewriting
from did_registry.tlog.cosignature import WitnessPolicy, cosign, witness_key
from did_registry.tlog.note import encode_signature_lines
from did_registry.view import RegistryView
from tests.simulators.audited import LISTS, WITNESSED, AuditedLog
from tests.simulators.registry_log import log_key, signing_key

CHECKPOINT = "/log/checkpoint"


def _grown(world: AuditedLog, size: int) -> AuditedLog:
    world.grow(size)
    world.publish()
    return world


def _is_right(world: AuditedLog, audited: Audited) -> None:
    """What was found is what a replica of all leaves finds."""
    assert audited.view == _without_roots(world)
    assert audited.memory.note == world.files.read(CHECKPOINT)


def _without_roots(world: AuditedLog) -> RegistryView:
    return replace(world.log.view(), batches={}, services={}, audits={})


# From the first leaf


@pytest.mark.parametrize("size", [30, 255, 256, 257, 512, 600])
def test_everything_is_replayed_and_told(size: int) -> None:
    world = AuditedLog(size)
    audited = world.audit()
    _is_right(world, audited)
    assert audited.continued == 0
    assert audited.files == 18
    assert world.progress == [(min(done, size), size) for done in range(256, size + 256, 256)]
    assert world.pauses == 0


def test_a_mirror_is_audited_at_its_own_address() -> None:
    """The addresses in leaves are those of the registry, for which the mirror stands in."""
    world = AuditedLog(40)
    mirror = replace(world.log.anchor, registry_url=f"{world.files.url}/mirror/of/2026")
    for path in world.files.paths:
        world.files.move(path, f"/mirror/of/2026{path}")
    assert world.audit(anchor=mirror).view == _without_roots(world)
    assert world.files.asked
    assert all(path.startswith("/mirror/of/2026/") for path in world.files.asked)


def test_memory_does_not_grow_with_the_log() -> None:
    peaks = []
    for size in (2_000, 10_000):
        world = AuditedLog(size)
        world.audit()  # what is made once, such as compiled patterns
        world.files.asked.clear()
        tracemalloc.start()
        world.audit()
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.2 * peaks[0], peaks


# From a remembered head


@pytest.mark.parametrize(
    ("before", "after"),
    [(30, 30), (30, 31), (30, 257), (255, 256), (256, 256), (256, 257), (257, 600), (512, 513)],
)
def test_only_what_is_new_is_fetched_and_all_that_follows_is_the_same(
    before: int, after: int
) -> None:
    world = AuditedLog(before)
    memory = world.audit().memory
    if after > before:
        _grown(world, after)
    world.files.asked.clear()
    audited, asked = world.audit(memory), set(world.files.asked)
    _is_right(world, audited)
    assert audited.continued == before
    assert audited.memory.leaves == world.audit().memory.leaves
    bundles = {path for path in world.files.paths if "/log/tile/entries/" in path}
    new = {path for path in bundles if path >= f"/log/tile/entries/{before // 256:03}"}
    assert asked & bundles == (new if after > before else set())


def test_what_came_before_holds_for_what_comes_after() -> None:
    """New leaves lean on old ones: keys, rights, documents, lists. None is fetched again."""
    world = AuditedLog(300)
    memory = world.audit().memory
    log = world.log
    log.clock.advance(days=1)
    agency = log.member("SEL-LIB")
    log.accredit(agency, "SeoulResidencyCredential")
    world.relist(LISTS[0], b"another list", sequence=2)
    _grown(world, 320)
    _is_right(world, world.audit(memory))


@pytest.mark.parametrize("kind", ["document", "list", "entry", "time"])
def test_a_new_leaf_that_contradicts_an_old_one_is_refused(kind: str) -> None:
    world = AuditedLog(300)
    memory = world.audit().memory
    log = world.log
    match kind:
        case "document":
            log.add(LeafKind.SCHEMA, "types/One/v1", {"h": encode_base64url(b"\x01" * 32)})
        case "list":
            world.relist(LISTS[0], b"an older list", sequence=1)
        case "entry":
            first = parse_object(log.leaves[0]).object("body").members
            log.add(LeafKind.DID, log.root.did.scid, first)
        case "time":
            log.clock.advance(seconds=-1)
            body: Claims = {"agency": "GU-11620", "head": encode_base64url(b"\x01" * 32), "n": 1}
            log.add(LeafKind.AUDIT, "GU-11620", body)
            log.clock.advance(seconds=1)
    world.grow(310)
    world.publish()
    with pytest.raises(LeafRejected) as refused:
        world.audit(memory)
    assert refused.value.index == 300


def test_the_first_of_two_wrong_things_is_told() -> None:
    """A leaf that is in the log and may not be, and a tile that is wrong about a later one."""
    world = AuditedLog(40)
    world.log.add(LeafKind.SCHEMA, "types/One/v1", {"h": encode_base64url(b"\x01" * 32)})
    _grown(world, 50)
    path = "/log/tile/0/000.p/50"
    body = bytearray(world.files.read(path))
    body[32 * 45] ^= 1
    world.files.put(path, bytes(body))
    with pytest.raises(LeafRejected, match="second leaf") as refused:
        world.audit()
    assert refused.value.index == 40


def test_memories_of_memories_are_as_good_as_the_first() -> None:
    world = AuditedLog(40)
    memory = world.audit().memory
    for size in (41, 256, 258, 300, 513):
        memory = _grown(world, size).audit(memory).memory
    assert memory == world.audit().memory


# A log that does not continue what it said


def _rewriting(world: AuditedLog, audited: Audited) -> LogRewritten:
    with pytest.raises(LogRewritten) as refused:
        world.audit(audited.memory)
    found = refused.value.rewriting
    assert (found.before, found.now) == (audited.memory.note, world.files.read(CHECKPOINT))
    return refused.value


def test_a_rolled_back_log_is_told_with_both_heads() -> None:
    world = AuditedLog(300)
    audited, world.files = world.audit(), AuditedLog(200).files
    error = _rewriting(world, audited)
    assert error.rewriting.manner is Manner.SHORTENED
    assert world.pauses == 3
    assert "300 leaves were signed before, and now 200 are" in error.detail


def test_a_cache_that_is_some_seconds_behind_is_no_rewriting() -> None:
    world = AuditedLog(40)
    old = world.files.read(CHECKPOINT)
    memory = _grown(world, 50).audit().memory
    new = world.files.read(CHECKPOINT)
    world.files.put(CHECKPOINT, old)

    def catch_up() -> None:
        if world.pauses == 2:
            world.files.put(CHECKPOINT, new)

    _is_right(world, world.audit(memory, on_pause=catch_up))
    assert world.pauses == 2


def test_two_roots_for_one_size_are_told_with_both_heads() -> None:
    world = AuditedLog(300)
    audited, world.files = world.audit(), AuditedLog(300, batches=b"other").files
    rewriting = _rewriting(world, audited).rewriting
    assert rewriting.manner is Manner.TWO_ROOTS
    verify_rewriting(parse_rewriting(rewriting.encode()), log_key())


@pytest.mark.parametrize(("before", "after"), [(200, 201), (255, 300), (256, 512), (300, 600)])
def test_a_fork_is_proven_with_both_heads(before: int, after: int) -> None:
    """Whoever has the file needs neither us nor the registry to see it."""
    world = AuditedLog(before)
    audited, world.files = world.audit(), AuditedLog(after, batches=b"other").files
    rewriting = _rewriting(world, audited).rewriting
    assert rewriting.manner is Manner.FORKED
    old, new = verify_rewriting(parse_rewriting(rewriting.encode()), log_key())
    assert (old.size, new.size) == (before, after)


def test_a_fork_behind_old_tiles_is_no_continuation() -> None:
    """The tiles are those of the honest log, and the head is not."""
    world = AuditedLog(256)
    memory = world.audit().memory
    forged = AuditedLog(300, batches=b"other").files.read(CHECKPOINT)
    _grown(world, 300).files.put(CHECKPOINT, forged)
    with pytest.raises(LogInconsistent):
        world.audit(memory)


@pytest.mark.parametrize("path", ["/log/tile/0/001.p/44", "/log/tile/1/000.p/1"])
def test_a_wrong_tile_at_the_remembered_edge_is_no_fork(path: str) -> None:
    world = AuditedLog(300)
    memory = world.audit().memory
    body = world.files.read(path)
    world.files.put(path, bytes([body[0] ^ 1]) + body[1:])
    with pytest.raises(FileRejected) as refused:
        world.audit(memory)
    assert refused.value.file == path


def test_a_changed_leaf_beside_the_new_ones_is_named() -> None:
    """It is not new and nothing is claimed of it, but whoever serves it serves something else."""
    world = AuditedLog(300)
    memory = world.audit().memory
    path = "/log/tile/entries/001.p/54"
    body = _grown(world, 310).files.read(path)
    world.files.put(path, body.replace(b'"n":64', b'"n":65', 1))
    with pytest.raises(LeafRejected) as refused:
        world.audit(memory)
    assert (refused.value.index, refused.value.file) == (256, path)


# What a memory must be


def test_a_memory_of_another_log_or_of_other_leaves_is_refused() -> None:
    world = AuditedLog(300)
    memory = world.audit().memory
    other = world.log.note(key=Ed25519Signer(b"\x77" * 32))
    shorter = world.log.note(299)
    for wrong in (
        replace(memory, note=other),
        replace(memory, note=b"nothing"),
        replace(memory, note=shorter),
        replace(memory, leaves=()),
        replace(memory, leaves=memory.leaves[:-1]),
        replace(memory, leaves=memory.leaves[1:]),
        replace(memory, leaves=(b"{}", *memory.leaves[1:])),
    ):
        with pytest.raises(AuditMemoryDamaged):
            world.audit(wrong)


# What is published meanwhile, and what only looks like it


def test_a_list_that_is_newer_than_the_head_is_waited_for() -> None:
    world = AuditedLog(40)
    world.relist(LISTS[0], b"a newer list", sequence=2)
    path = LISTS[0].removeprefix(world.files.url)
    world.files.put(path, b"a newer list")

    def publish() -> None:
        if world.pauses == 2:
            _grown(world, 50)

    audited = world.audit(on_pause=publish)
    _is_right(world, audited)
    assert (world.pauses, audited.view.checkpoint.size) == (2, 50)


def test_a_file_that_stays_another_is_refused() -> None:
    world = AuditedLog(40)
    world.files.put("/dids/GU-11620/did.jsonl", b"{}\n")
    with pytest.raises(FileRejected) as refused:
        world.audit()
    assert refused.value.file == "/dids/GU-11620/did.jsonl"
    assert world.pauses == 3


def test_a_head_that_grows_shorter_meanwhile_says_nothing() -> None:
    world, old = AuditedLog(40), AuditedLog(39).files.read(CHECKPOINT)
    world.files.put("/dids/GU-11620/did.jsonl", b"{}\n")
    with pytest.raises(RegistryUnavailable):
        world.audit(on_pause=lambda: world.files.put(CHECKPOINT, old))


# The head


def test_who_signs_a_head_is_known_to_the_trust_file() -> None:
    world = AuditedLog(40)
    witness = signing_key(90)
    note, now = world.log.note(), world.log.clock()
    text = note.partition(b"\n\n")[0] + b"\n"
    line = encode_signature_lines([cosign(text, "SEL-WIT1", witness, now)])
    key = witness_key("SEL-WIT1", witness.public_key)
    watched = replace(world.log.anchor, witnesses=WitnessPolicy(witnesses=(key,), quorum=1))
    world.files.put(CHECKPOINT, note + line)
    assert world.audit(anchor=watched).memory.note == note + line
    for served, anchor in ((note + line, world.log.anchor), (note + line + line, watched)):
        world.files.put(CHECKPOINT, served)
        with pytest.raises(SignerUnknown, match="/log/checkpoint"):
            world.audit(anchor=anchor)


def test_a_server_in_trouble_says_nothing_about_the_log() -> None:
    world = AuditedLog(40)
    for path in world.files.paths:
        world.files.statuses[path] = 503
        with pytest.raises(RegistryUnavailable, match=path):
            world.audit()
        world.files.restore()


def test_a_head_by_another_key_is_refused_by_name() -> None:
    world = AuditedLog(40)
    world.files.put(CHECKPOINT, world.log.note(key=signing_key(7)))
    with pytest.raises(Error, match="/log/checkpoint: ") as refused:
        world.audit()
    assert refused.value.code == "checkpoint-not-signed"
    world.files.put(CHECKPOINT, b"x")
    with pytest.raises(Malformed, match="/log/checkpoint: "):
        world.audit()


# Versions that wait for their witnesses


def test_a_version_is_shown_when_its_witnesses_have_approved_it_and_not_before() -> None:
    """The third is in the log and not in did.jsonl, as one of two witnesses has not answered."""
    world = AuditedLog(40)
    log, proofs = (f"/dids/{WITNESSED}/{name}" for name in ("did.jsonl", "did-witness.json"))
    assert world.files.read(log).count(b"\n") == 2
    world.audit()
    shown = world.files.read(log)
    for path, body in (
        (log, shown + world.waiting),
        (log, shown.partition(b"\n")[0]),
        (proofs, b"[]"),
    ):
        world.files.put(path, body)
        with pytest.raises(FileRejected) as refused:
            world.audit()
        assert refused.value.file == log
        world.files.restore()
