"""The verification, on one page: every check in its order, and what each may assume.

 1  format           size, then strict parsing. Assumes nothing.
 2  registry         is the registry known now? Nothing below trusts anything else.
 3  issuer_key       the key that the header *names*, from the registry, at the time of issue; of an
                     admitted issuer from where its DID stands.
 4  signature        from here on there is a `Verified`, and claims may be looked at.
 5  accreditation    could this issuer issue this type then? Its name comes from here as well.
    time_of_signing  whether "then" is more than the signer's word.
 6  schema           the definition that was logged, and claims that fit it.
 7  validity         today.
 8  status           as its lists tell now; only a recent list signed by the same issuer counts.
 9  holder_binding   the holder's signature over this presentation.
10  request_binding  audience, nonce, time; who stores the verdict uses the nonce, or the code, up.
11  policy           what was asked is there: over all credentials together, in `answer.py`.

A check that others rest on ends the page when it does not pass; the rest did not run, and what did
not run is unknown. A failed check is no error: nothing in here raises for what a stranger sent.
The clock is read once, by the caller.
"""

from datetime import datetime

from credentials.model import Serialized, Verified
from did_registry.view import RegistryView
from verifier import checks
from verifier.decision import CheckName, Failed, IssuerName, Unknown
from verifier.evidence import Evidence
from verifier.issuer_check import check_issuer_key, check_time_of_signing
from verifier.policy import Policy
from verifier.question import Occasion
from verifier.status_check import check_status
from verifier.verification import Verification


def verify_presentation(
    presented: Serialized,
    occasion: Occasion | None,
    evidence: Evidence,
    policy: Policy,
    now: datetime,
) -> Verification:
    """Make every check on one credential or presentation but the last.

    occasion: what it answers; None for a document that is checked by itself.
    """
    page, types_at = Verification(now, policy.accepted_as), evidence.registry_url

    unverified = page.take(CheckName.FORMAT, checks.check_format(presented, policy))  # 1
    if unverified is None:
        return page

    view = page.take(CheckName.REGISTRY, checks.check_registry(evidence, policy, now))  # 2
    if view is None:
        return page
    page.as_of = view.as_of

    found = page.take(  # 3
        CheckName.ISSUER_KEY, check_issuer_key(unverified, view, evidence, now)
    )
    if found is None:
        return page
    view, page.as_of = found.view, found.view.as_of

    verified = page.take(  # 4
        CheckName.SIGNATURE, checks.check_signature(found.named, found.at.key)
    )
    if verified is None:
        return page
    page.verified = verified

    of_type = page.take(  # 5
        CheckName.ACCREDITATION, checks.check_accreditation(verified, view, types_at)
    )
    if of_type is None:
        return page
    page.credential_type = of_type
    page.issuer = _name_of_issuer(verified, view)
    page.take(
        CheckName.TIME_OF_SIGNING,
        check_time_of_signing(found, unverified, verified, of_type, evidence, now),
    )

    page.take(CheckName.SCHEMA, checks.check_schema(verified, of_type, view, types_at))  # 6
    page.take(CheckName.VALIDITY, checks.check_validity(verified, now))  # 7
    status_as_of = page.take(  # 8
        CheckName.STATUS, check_status(verified, of_type, evidence, policy, now)
    )
    page.as_of = min(page.as_of, status_as_of or page.as_of)

    holder = checks.check_holder(unverified, verified, of_type, occasion)  # 9
    binding = page.take(CheckName.HOLDER_BINDING, holder)
    if isinstance(holder, Failed | Unknown):
        return page
    page.take(CheckName.REQUEST_BINDING, checks.check_request(binding, occasion, now))  # 10
    return page


def _name_of_issuer(verified: Verified, view: RegistryView) -> IssuerName:
    """As the registry named it when it issued; the credential's own word for it is never shown."""
    held = view.accreditations_at(verified.issuer, verified.issued_at)[-1]
    return IssuerName(
        did=verified.issuer,
        code=view.code_of(verified.issuer),
        name_ko=held.name_ko,
        name_en=held.name_en,
    )
