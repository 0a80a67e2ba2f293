"""What the catalogue publishes of each type, byte for byte as the log's digests have it."""

from flask import Blueprint, Response

from did_registry.errors import TypeDocumentNotFound
from did_registry.web.service import registry_service
from schemas.catalogue import load_all
from schemas.published_documents import published_documents
from web.headers import public_file

MAX_AGE = 3600

bp = Blueprint("types", __name__)


@bp.get("/types/<name>/v<int:version>")
def type_metadata(name: str, version: int) -> Response:
    """SD-JWT VC type metadata: the document that a `vct` leads to."""
    return _serve(f"types/{name}/v{version}", name, version, "application/json")


@bp.get("/types/<name>/v<int:version>/schema.json")
def json_schema(name: str, version: int) -> Response:
    """The JSON Schema that `credentialSchema` names."""
    return _serve(f"types/{name}/v{version}/schema.json", name, version, "application/schema+json")


@bp.get("/contexts/<name>/v<int:version>")
def context(name: str, version: int) -> Response:
    """The JSON-LD context of a W3C credential of this type."""
    return _serve(f"contexts/{name}/v{version}", name, version, "application/ld+json")


def _serve(path: str, name: str, version: int, media_type: str) -> Response:
    found = load_all().get((name, version))
    documents = {} if found is None else published_documents(found, registry_service().url)
    if path not in documents:
        raise TypeDocumentNotFound("there is no such type here")
    return public_file(Response(documents[path], mimetype=media_type), max_age=MAX_AGE)
