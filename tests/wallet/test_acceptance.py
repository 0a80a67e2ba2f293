"""What is kept: a credential that a verifier would accept, from whom it was asked, for this key."""

import dataclasses
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from credentials.errors import (
    Error,
    Expired,
    KeyMismatch,
    Malformed,
    NotYetValid,
    SignatureInvalid,
)
from credentials.keys import PublicKey
from credentials.securing import mechanism_for_format
from credentials.validity import Validity
from did_registry.actions.foreign_dids import ForeignDids
from did_registry.errors import DidUnavailable, UnknownDid, UnknownKey
from did_registry.view import RegistryView
from issuer.agency import Agency
from issuer.catalogue import issuer_metadata
from openid4vc.credential_configuration import CredentialConfiguration, CredentialFormat
from schemas.errors import InvalidClaims
from tests.simulators.city import URL, SimulatedCity
from tests.simulators.did_host import Abroad, DidHost
from tests.simulators.forger import CERTIFICATE, LDP, RESIDENCY, SD_JWT, Forger, signed_as
from tests.simulators.one_change import REMOVED, changed
from tests.simulators.pki import Pki, x5c
from tests.simulators.root import SimulatedRoot
from tests.simulators.root_line import Root
from tests.simulators.sd_jwt import ED25519_HOLDER, HOLDER, STRANGER
from wallet.acceptance import Accepted, accept, find_issuer_did
from wallet.errors import IssuerNotTrusted, NotAsOffered

ISSUER = f"{URL}/issuers/GU-11620"


def view_of(forger: Forger) -> RegistryView:
    return forger.city.city.follower.view(forger.city.clock())


def offered(forger: Forger, credential_format: str = SD_JWT) -> CredentialConfiguration:
    agency = Agency(code=forger.agency, did=forger.did, public_url=URL)
    held = {f"{forger.type.name}/{s.code}" for s in forger.type.subtypes} or {forger.type.name}
    metadata = issuer_metadata(agency, held, display=(), registry_url=URL)
    return metadata.get_configuration(f"{forger.type.name}.{credential_format}")


def accept_as(
    forger: Forger,
    credential: Any,
    *,
    holder: PublicKey | None = None,
    issuer_did: str | None = None,
    configuration: CredentialConfiguration | None = None,
    view: RegistryView | None = None,
    seconds: int = 0,
) -> Accepted:
    credential_format = SD_JWT if isinstance(credential, str) else LDP
    key = HOLDER if credential_format == SD_JWT else ED25519_HOLDER
    return accept(
        credential,
        issuer_did=issuer_did or forger.did,
        offered=configuration or offered(forger, credential_format),
        holder=holder or key.public_key,
        view=view or view_of(forger),
        registry_url=URL,
        now=forger.city.clock() + timedelta(seconds=seconds),
    )


@pytest.mark.parametrize("credential_format", [SD_JWT, LDP])
def test_accepts_what_was_offered(still_city: SimulatedCity, credential_format: str) -> None:
    forger = Forger(still_city, "SEL-HR", "P12", CERTIFICATE)
    credential = forger.issue(credential_format)
    found = accept_as(forger, credential)
    assert found.serialized is credential
    assert found.mechanism is mechanism_for_format(credential_format)
    assert found.type is forger.type
    assert found.verified.claims == forger.content(credential_format).claims
    assert (found.issuer.did, found.issuer.name_en) == (
        forger.did,
        "Personnel and Commendation Unit",
    )


def test_accepts_what_an_issuer_elsewhere_has_signed_if_its_host_tells_its_key(
    city: SimulatedCity,
) -> None:
    forger, host = Forger(city), DidHost()
    abroad = Abroad(host, city.clock, "webvh")
    names = ("--name-ko", "부산", "--name-en", "Busan", "--types", RESIDENCY)
    Root(city).do("admit", "--did", abroad.did, *names)
    card = signed_as(forger, abroad.did, "key-1", abroad.signer)
    with pytest.raises(DidUnavailable):
        accept_as(forger, card, issuer_did=abroad.did)
    known = ForeignDids(host).know(view_of(forger), abroad.did, "", city.clock())
    found = accept_as(forger, card, issuer_did=abroad.did, view=known)
    assert (found.issuer.did, found.issuer.name_en) == (abroad.did, "Busan")
    forged = signed_as(forger, abroad.did, "key-1", STRANGER)
    with pytest.raises(SignatureInvalid):
        accept_as(forger, forged, issuer_did=abroad.did, view=known)


def test_a_certificate_is_no_key_that_a_wallet_asks_the_registry_for(
    still_city: SimulatedCity,
) -> None:
    forger, pki = Forger(still_city), Pki()
    leaf = pki.leaf(uris=(forger.did,))
    header = {"kid": REMOVED, "x5c": x5c(pki.chain(leaf))}
    with pytest.raises(NotAsOffered):
        accept_as(forger, forger.rewritten(forger.issue(), {"iss": REMOVED}, header=header))


# ---- One change each; everything that was changed was signed anew ----

CHANGES: dict[str, tuple[Callable[[Forger], Any], type[Error]]] = {
    "altered": (lambda f: f.rewritten(f.issue(), signer=STRANGER), SignatureInvalid),
    "another-agency": (lambda f: Forger(f.city, "SEL-HR").issue(), NotAsOffered),
    "key-of-another-agency": (
        lambda f: f.rewritten(
            f.issue(),
            header={"kid": Forger(f.city, "SEL-HR").key_id()},
            signer=f.signer(agency="SEL-HR"),
        ),
        KeyMismatch,
    ),
    "unlisted-key": (
        lambda f: f.rewritten(f.issue(), header={"kid": f"{f.did}#es256-2"}),
        UnknownKey,
    ),
    "unknown-type": (
        lambda f: f.rewritten(
            f.issue(), {"vct": f"{URL}/types/Diploma/v1", "vct#integrity": REMOVED}
        ),
        NotAsOffered,
    ),
    "another-definition": (
        lambda f: f.rewritten(f.issue(), {"vct#integrity": "sha256-" + "A" * 43 + "="}),
        NotAsOffered,
    ),
    "a-claim-too-many": (lambda f: f.rewritten(f.issue(), {"vip": True}), InvalidClaims),
    "expired": (
        lambda f: f.issue(
            validity=Validity(f.city.clock(), f.city.clock() - timedelta(seconds=60))
        ),
        Expired,
    ),
    "not-yet-valid": (
        lambda f: f.issue(validity=Validity(f.city.clock() + timedelta(hours=1), None)),
        NotYetValid,
    ),
    "issued-in-the-future": (
        lambda f: f.issue(
            issued_at=f.city.clock() + timedelta(hours=1), validity=Validity(None, None)
        ),
        NotYetValid,
    ),
    "no-status": (lambda f: f.rewritten(f.issue(), {"status": REMOVED}), NotAsOffered),
    "another-key": (lambda f: f.issue(holder=STRANGER.public_key), NotAsOffered),
    "no-key": (lambda f: f.rewritten(f.issue(), {"cnf": REMOVED}), NotAsOffered),
    "a-presentation": (lambda f: f.present(f.issue()), NotAsOffered),
    "somebodys-presentation": (
        lambda f: f.bound(f.issue(), signer=STRANGER),
        SignatureInvalid,
    ),
    "nonsense": (lambda f: "nonsense", Malformed),
}


@pytest.mark.parametrize(("change", "refusal"), CHANGES.values(), ids=CHANGES)
def test_refuses_what_a_verifier_would_refuse(
    forger: Forger, change: Callable[[Forger], Any], refusal: type[Error]
) -> None:
    with pytest.raises(refusal):
        accept_as(forger, change(forger))


def test_refuses_a_type_that_the_agency_may_not_issue(still_city: SimulatedCity) -> None:
    forger = Forger(still_city, "SEL-HR")
    with pytest.raises(IssuerNotTrusted):
        accept_as(forger, forger.issue(), configuration=offered(Forger(still_city)))


def test_refuses_a_subtype_that_the_agency_may_not_issue(still_city: SimulatedCity) -> None:
    forger = Forger(still_city, "SEL-HR", "P12", CERTIFICATE)
    forged = forger.issue(claims={**forger.content().claims, "subtype": "waterPayment"})
    with pytest.raises(IssuerNotTrusted):
        accept_as(forger, forged)


def test_refuses_an_issuer_that_is_not_in_the_registry(forger: Forger) -> None:
    nobody = forger.did.replace(forger.did.split(":")[2], "Qm" + "1" * 44)
    forged = forger.rewritten(forger.issue(), {"iss": nobody}, header={"kid": f"{nobody}#es256-1"})
    with pytest.raises(UnknownDid):
        accept_as(forger, forged, issuer_did=nobody)


def test_refuses_a_key_that_was_retired(city: SimulatedCity) -> None:
    forger = Forger(city)
    credential = forger.issue()
    accept_as(forger, credential)
    SimulatedRoot(city).retire("GU-11620", "es256-1")
    with pytest.raises(IssuerNotTrusted):
        accept_as(forger, credential)


def test_refuses_a_schema_that_the_log_does_not_have(forger: Forger) -> None:
    view = view_of(forger)
    paths = [path for path in view.schemas if RESIDENCY in path]
    assert len(paths) == 3
    for path in paths:
        other = dataclasses.replace(view, schemas={**view.schemas, path: bytes(32)})
        with pytest.raises(NotAsOffered):
            accept(
                forger.issue(),
                issuer_did=forger.did,
                offered=offered(forger),
                holder=HOLDER.public_key,
                view=other,
                registry_url=URL,
                now=forger.city.clock(),
            )


def test_refuses_another_type_than_was_offered(still_city: SimulatedCity) -> None:
    """The agency may issue both; the person has agreed to one."""
    forger, hr = Forger(still_city), Forger(still_city, "SEL-HR", "P12", CERTIFICATE)
    for credential_format in (SD_JWT, LDP):
        with pytest.raises(NotAsOffered):
            accept_as(
                hr, hr.issue(credential_format), configuration=offered(forger, credential_format)
            )


def test_refuses_another_format_than_was_offered(still_city: SimulatedCity) -> None:
    hr = Forger(still_city, "SEL-HR", "P12", CERTIFICATE)
    with pytest.raises(NotAsOffered):
        accept_as(hr, hr.issue(LDP), configuration=offered(hr, SD_JWT))
    with pytest.raises(NotAsOffered):
        accept_as(hr, hr.issue(SD_JWT), configuration=offered(hr, LDP))
    jwt = dataclasses.replace(offered(hr, LDP), format=CredentialFormat.JWT_VC)
    with pytest.raises(NotAsOffered):  # the very type, but in another envelope
        accept_as(hr, hr.issue(LDP), configuration=jwt)


def test_refuses_an_altered_w3c_credential(still_city: SimulatedCity) -> None:
    hr = Forger(still_city, "SEL-HR", "P12", CERTIFICATE)
    with pytest.raises(SignatureInvalid):
        accept_as(hr, changed(hr.issue(LDP), "credentialSubject", "title", to="임명장"))


# ---- Who issues at an address ----


def test_finds_the_agency_that_issues_at_an_address(forger: Forger) -> None:
    assert find_issuer_did(view_of(forger), ISSUER, forger.city.clock()) == forger.did


@pytest.mark.parametrize(
    "address",
    [
        f"{URL}/issuers/GU-11440",
        f"{URL}/issuers/GU-11620/",
        f"{URL}/issuers/gu-11620",
        "https://gwanin.example.evil.example/issuers/GU-11620",
        "",
    ],
)
def test_refuses_an_address_that_no_agency_has(forger: Forger, address: str) -> None:
    with pytest.raises(IssuerNotTrusted):
        find_issuer_did(view_of(forger), address, forger.city.clock())


def test_refuses_an_agency_whose_accreditation_is_over(forger: Forger) -> None:
    with pytest.raises(IssuerNotTrusted):
        find_issuer_did(view_of(forger), ISSUER, forger.city.clock() + timedelta(days=731))


def test_refuses_an_agency_that_was_never_accredited(city: SimulatedCity) -> None:
    root, forger = SimulatedRoot(city), Forger(city)
    did = str(root.create_agency("GU-11440", {"es256-1": STRANGER.public_key}))
    view = view_of(forger)
    assert did in {str(history.did) for history in view.histories.values()}
    with pytest.raises(IssuerNotTrusted):
        find_issuer_did(view, f"{URL}/issuers/GU-11440", city.clock())


def test_refuses_an_address_that_two_agencies_claim(city: SimulatedCity) -> None:
    """Nobody can tell which of them is meant, so nothing is sent to either."""
    root = SimulatedRoot(city)
    document = root.history("SEL-HR").latest.document.members
    claimed: Any = changed(document, "service", 0, "serviceEndpoint", to=ISSUER)
    root.publish_document("SEL-HR", claimed)
    with pytest.raises(IssuerNotTrusted):
        find_issuer_did(view_of(Forger(city)), ISSUER, city.clock())
