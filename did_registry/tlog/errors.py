"""Why a log, a head of it, or a proof in it is refused."""

from credentials.errors import Error


class InclusionInvalid(Error):
    """The inclusion proof does not lead from this leaf to this root."""

    code = "inclusion-invalid"


class ConsistencyInvalid(Error):
    """The consistency proof does not show that the newer tree continues the older one."""

    code = "consistency-invalid"


class CheckpointNotSigned(Error):
    """The note holds no signature by the key that is wanted."""

    code = "checkpoint-not-signed"


class LeafChainBroken(Error):
    """A leaf has not the index, or does not name the predecessor, that its place demands."""

    code = "leaf-chain-broken"


class QuorumMissing(Error):
    """Too few of the witnesses that count have signed the head."""

    code = "quorum-missing"
