"""What our modules say of the messages of OpenID4VCI and OpenID4VP, as JSON to be compared."""

from typing import Any

from openid4vc.access_token import parse_token_response
from openid4vc.credential_request import parse_credential_response
from openid4vc.dcql import (
    Query,
)
from openid4vc.dcql_match import QueryMatch
from openid4vc.display import Display
from openid4vc.errors import parse_error_response
from openid4vc.form import encode_form, parse_form
from openid4vc.metadata import parse_issuer_metadata
from openid4vc.offer import (
    CredentialOffer,
    parse_offer_link,
)
from openid4vc.request_uri import parse_request_link
from openid4vc.server_metadata import parse_server_metadata

ISSUER = "https://city.example/issuers/GU-11620"


def said_offer(offer: CredentialOffer) -> Any:
    grant = offer.pre_authorized
    code = grant.tx_code if grant else None
    return {
        "credentialIssuer": offer.credential_issuer,
        "configurationIds": offer.configuration_ids,
        "preAuthorized": grant and {
            "code": grant.code,
            "authorizationServer": grant.authorization_server,
            "txCode": code and {
                "inputMode": code.input_mode,
                "length": code.length,
                "description": code.description,
            },
        },
    }  # fmt: skip


def said_offer_link(link: str) -> Any:
    found = parse_offer_link(link)
    if isinstance(found, CredentialOffer):
        return {"offer": said_offer(found), "uri": None}
    return {"offer": None, "uri": found.uri}


def said_request_link(link: str) -> Any:
    found = parse_request_link(link)
    return {
        "clientId": found.client_id,
        "requestUri": found.request_uri,
        "method": found.method.value,
    }


def said_issuer_metadata(data: bytes, configuration: str, offered: str | None) -> Any:
    metadata = parse_issuer_metadata(data, credential_issuer=ISSUER)
    found = metadata.get_configuration(configuration)
    return {
        "credentialEndpoint": metadata.credential_endpoint,
        "nonceEndpoint": metadata.nonce_endpoint,
        "display": said_displays(metadata.display),
        "server": metadata.authorization_server(offered),
        "configuration": {
            "format": found.format.value,
            "vct": found.vct,
            "bindingMethods": found.binding_methods,
            "proofAlgorithms": found.proof_algorithms,
            "display": said_displays(found.display),
            "claims": [
                {"path": c.path, "mandatory": c.mandatory, "display": said_displays(c.display)}
                for c in found.claims
            ],
        },
    }


def said_displays(displays: tuple[Display, ...]) -> Any:
    return [{"name": d.name, "locale": d.locale, "description": d.description} for d in displays]


def said_server_metadata(data: bytes) -> Any:
    found = parse_server_metadata(data, issuer=ISSUER)
    return {"issuer": found.issuer, "tokenEndpoint": found.token_endpoint}


def said_token(data: bytes) -> Any:
    found = parse_token_response(data)
    return {"accessToken": found.access_token, "expiresIn": found.expires_in}


def said_issued(data: bytes) -> Any:
    found = parse_credential_response(data)
    return {"credentials": found.credentials, "notificationId": found.notification_id}


def said_error(data: bytes) -> Any:
    found = parse_error_response(data)
    return {"error": found.error, "description": found.description}


def said_summary(query: Query) -> Any:
    return {
        "credentials": [
            {
                "id": item.id,
                "format": item.format,
                "vctValues": item.vct_values,
                "typeValues": item.type_values,
                "claims": [{"id": c.id, "path": c.path, "values": c.values} for c in item.claims],
                "multiple": item.multiple,
                "requireHolderBinding": item.require_holder_binding,
                "hasTrustedAuthorities": bool(item.trusted_authorities),
                "options": [[claim.path for claim in option] for option in item.options()],
            }
            for item in query.credentials
        ],
        "sets": [{"options": s.options, "required": s.required} for s in query.sets()],
    }


def said_matched(found: QueryMatch) -> Any:
    return {
        "credentials": {
            query_id: {
                "fits": [[fit.candidate.id, fit.disclose] for fit in result.fits],
                "misfits": [
                    [misfit.candidate.id, [[why.reason.value, why.path] for why in misfit.reasons]]
                    for misfit in result.misfits
                ],
            }
            for query_id, result in found.credentials.items()
        },
        "choices": [{"required": c.required, "options": c.options} for c in found.choices],
    }


def said_form(text: str) -> Any:
    return parse_form(text.encode(), max_bytes=300).members


def said_written(fields: dict[str, str]) -> str:
    return encode_form(fields).decode()
