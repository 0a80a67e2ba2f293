"""Why a DID, its log or a key in it is refused.

A failure of a log names the first entry that is wrong: everything before it has been verified,
nothing after it has been looked at.
"""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from credentials.errors import Error, Malformed
from schemas.claim_problem import ClaimProblem


class DidInvalid(Malformed):
    """The text is not a did:webvh DID in the one spelling that is accepted."""

    code = "did-invalid"


class UnknownKey(Error):
    """The DID does not list this verification method for this purpose at this time."""

    code = "unknown-key"


class KeyCompromised(UnknownKey):
    """The root has declared that somebody else may have held this key at this time."""

    code = "key-compromised"


class KeyHistoryUnknown(UnknownKey):
    """The DID does not list this key today, and does not tell what it listed before."""

    code = "key-history-unknown"


class DidUnavailable(Error):
    """The host of a DID that stands elsewhere gave no answer that can be used."""

    code = "did-unavailable"


class DidNotProven(Error):
    """What the host of a DID that stands elsewhere says of it breaks a rule of its method."""

    code = "did-not-proven"


class DidRolledBack(DidNotProven):
    """The log of a DID that stands elsewhere lacks what was in it before."""

    code = "did-rolled-back"


class VersionNotFound(Error):
    """The DID has no such version."""

    code = "version-not-found"


class PreRotationRequired(Error):
    """An entry would leave the DID without a fresh committed key, and is not written like that."""

    code = "pre-rotation-required"


class LogInvalid(Error):
    """A did:webvh log breaks a rule; the leaves say which. entry: where, counted from 1."""

    code: ClassVar[str] = "log-invalid"

    def __init__(self, detail: str, *, entry: int) -> None:
        super().__init__(f"entry {entry}: {detail}")
        self.entry = entry


class LogMalformed(LogInvalid):
    """The line is not one JSON object with the five members of an entry, or beyond a bound."""

    code = "log-malformed"


class LogOutOfSequence(LogInvalid):
    """The version number does not follow its predecessor's."""

    code = "log-out-of-sequence"


class LogTimeInvalid(LogInvalid):
    """versionTime is no UTC time, does not rise, or lies in the future."""

    code = "log-time-invalid"


class LogParameterInvalid(LogInvalid):
    """A parameter is unknown, mistyped, misplaced or beyond what it may say."""

    code = "log-parameter-invalid"


class LogPreRotationBroken(LogInvalid):
    """The entry does not keep to the keys that its predecessor committed to."""

    code = "log-pre-rotation-broken"


class LogScidMismatch(LogInvalid):
    """The SCID is not the hash of the first entry, or a later document carries another one."""

    code = "log-scid-mismatch"


class LogHashMismatch(LogInvalid):
    """The entry hash is not the hash of this entry and its predecessor."""

    code = "log-hash-mismatch"


class LogProofInvalid(LogInvalid):
    """There is no proof, or one is not an eddsa-jcs-2022 assertion over this very entry."""

    code = "log-proof-invalid"


class LogKeyNotAuthorised(LogInvalid):
    """A key has signed that is not among the active update keys."""

    code = "log-key-not-authorised"


class LogDocumentInvalid(LogInvalid):
    """The document's `id` is not the DID, or has moved without leave."""

    code = "log-document-invalid"


class LogDeactivated(LogInvalid):
    """An entry follows the one that deactivated the DID."""

    code = "log-deactivated"


class LogWitnessMissing(LogInvalid):
    """Fewer witnesses than the threshold have approved the entry."""

    code = "log-witness-missing"


class UnknownDid(Error):
    """The registry has no DID like this."""

    code = "unknown-did"


class LeafRejected(Error):
    """A leaf of the log says what it may not say; index: which one, counted from 0; file: the
    bundle that it was served in, where it was served."""

    code = "leaf-rejected"

    def __init__(self, detail: str, *, index: int, file: str | None = None) -> None:
        where = f"leaf {index}" if file is None else f"leaf {index} in {file}"
        super().__init__(f"{where}: {detail}")
        self.index = index
        self.file = file


class LogInconsistent(Error):
    """What is stored or served is not the tree that the checkpoint commits to."""

    code = "log-inconsistent"


class LogFenced(Error):
    """Another sequencer has taken over the log; nothing of this transaction was written."""

    code = "log-fenced"


class KeyReused(Error):
    """The key of a submission was used for another one before."""

    code = "idempotency-key-reused"


class VersionConflict(Error):
    """The DID has another latest version than the submission expected; current: which."""

    code = "version-conflict"

    def __init__(self, detail: str, *, current: str) -> None:
        super().__init__(detail)
        self.current = current

    @property
    def members(self) -> Mapping[str, str]:
        return {"current": self.current}


class TokenRefused(Error):
    """The agency's software has shown no token of that agency, or one that has ended."""

    code = "agency-token-refused"


class UnknownSubmission(Error):
    """Nothing was left under this address, or it was so long ago that it is forgotten."""

    code = "unknown-submission"


class PreconditionRequired(Error):
    """An entry is offered without saying which version it follows, or without a key of its own."""

    code = "precondition-required"


class SequencerStopped(Error):
    """The submission was not decided by the process that took it, which is ending."""

    code = "sequencer-stopped"


class NoWitness(Error):
    """The folder holds no witness, or another one than was named."""

    code = "no-witness"


class LogUnknown(Error):
    """A witness does not watch the log that a head names."""

    code = "log-unknown"


class HeadConflict(Error):
    """A witness has signed another head last than the log believes; size: of that one."""

    code = "head-conflict"

    def __init__(self, detail: str, *, size: int) -> None:
        super().__init__(detail)
        self.size = size


class NotConsistent(Error):
    """The proof does not show that a head continues the one before."""

    code = "not-consistent"


class HeadNotCosigned(Error):
    """The witness approves what lies under a head that it has cosigned itself, and not else."""

    code = "head-not-cosigned"


class EntryNotLogged(Error):
    """The proof is of another leaf than the one that holds the last entry of the DID log."""

    code = "entry-not-logged"


class WitnessNotNamed(Error):
    """The DID does not ask this witness to approve this version."""

    code = "witness-not-named"


class VersionForked(Error):
    """Another version of the DID with the same number was approved before."""

    code = "version-forked"


class EvidenceInvalid(Error):
    """Two heads are said to contradict each other, and do not."""

    code = "evidence-invalid"


class NotInDirectory(Error):
    """The evidence does not show what the directory's latest word on this key is."""

    code = "not-in-directory"


class RegistryUnavailable(Error):
    """The registry could not be followed recently enough to rely on it."""

    code = "registry-unavailable"


class NotAccredited(Error):
    """The registry's root has not given this agency what it would need for this act."""

    code = "not-accredited"


class LogFileNotFound(Error):
    """The log has no such file, or is not that long yet."""

    code = "log-file-not-found"


class TypeDocumentNotFound(Error):
    """The catalogue publishes no such document."""

    code = "type-document-not-found"


class OverAsking(Error):
    """A question goes beyond what its asker is registered to ask for."""

    code = "over-asking"


class NoTrustFile(Error):
    """Without a trust file there is nothing to believe: no log key, no root."""

    code = "no-trust-file"


class UnknownAct(Error):
    """The root has no act with this id."""

    code = "unknown-act"


class ActNotOpen(Error):
    """The act was approved, confirmed or withdrawn before."""

    code = "act-not-open"


class ActIsOpen(Error):
    """The same act on the same subject waits for its second person already."""

    code = "act-is-open"


class SamePerson(Error):
    """An act of the root takes two people; whoever proposed it can't be the second."""

    code = "same-person"


class ActRefused(Error):
    """The registry, as it stands, does not allow this act."""

    code = "act-refused"


class ApplicationInvalid(Error):
    """An application can't be taken; problems: all that is wrong with it, never the texts."""

    code = "application-invalid"

    def __init__(self, problems: Sequence[ClaimProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(f"{problem.where}: {problem.code}" for problem in problems))


class UnknownApplication(Error):
    """No application has this receipt number."""

    code = "unknown-application"


class ApplicationNotOpen(Error):
    """The application was decided about, or somebody else does it at this moment."""

    code = "application-not-open"


class ApplicationsFull(Error):
    """More applications wait than the registry's people could read."""

    code = "applications-full"


class RefusalReasonNeeded(Error):
    """An applicant is told why, in words that hold nothing about a person."""

    code = "refusal-reason-needed"
