"""What the catalogue publishes of each type, byte for byte as the log's digests have it."""

from flask import Blueprint, Response

from did_registry.errors import TypeDocumentNotFound
from did_registry.web.service import registry_service
from schemas.catalogue import load_all
from schemas.published_documents import published_documents
from web.headers import public_file

MAX_AGE = 3600

bp = Blueprint("types", __name__)


@bp.get("/types/<name>/<version>")
def type_metadata(name: str, version: str) -> Response:
    """SD-JWT VC type metadata: the document that a `vct` leads to."""
    return _serve(f"types/{name}/{version}", "application/json")


@bp.get("/types/<name>/<version>/schema.json")
def json_schema(name: str, version: str) -> Response:
    """The JSON Schema that `credentialSchema` names."""
    return _serve(f"types/{name}/{version}/schema.json", "application/schema+json")


@bp.get("/contexts/<name>/<version>")
def context(name: str, version: str) -> Response:
    """The JSON-LD context of a W3C credential of this type."""
    return _serve(f"contexts/{name}/{version}", "application/ld+json")


def _serve(path: str, media_type: str) -> Response:
    """A document has one address, as its leaf has one subject: `v01` is none."""
    for credential_type in load_all().values():
        documents = published_documents(credential_type, registry_service().url)
        if path in documents:
            return public_file(Response(documents[path], mimetype=media_type), max_age=MAX_AGE)
    raise TypeDocumentNotFound("there is no such type here")
