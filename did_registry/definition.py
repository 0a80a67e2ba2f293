"""Whether a credential type is defined as the log has it, and as a credential says it is."""

from collections.abc import Mapping

from did_registry.view import RegistryView
from schemas.credential_type import CredentialType
from schemas.published_documents import digests, integrity


def is_defined_as_logged(
    credential_type: CredentialType,
    stated: Mapping[str, str],
    view: RegistryView,
    registry_url: str,
) -> bool:
    """Whether our documents of the type have the logged digests, and a credential's agree.

    stated: address of a document → the SRI digest that the credential gives for it.
    """
    logged = all(
        view.schemas.get(path) == digest
        for path, digest in digests(credential_type, registry_url).items()
    )
    expected = integrity(credential_type, registry_url)
    return logged and all(expected.get(url) == digest for url, digest in stated.items())
