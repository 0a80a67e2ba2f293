"""Forms are taken from our own pages only: the second half of the defence against forged requests.

The first half is the token in the forms of everybody who is signed in. A browser says where a
request comes from in `Sec-Fetch-Site`, or at least in `Origin`; one that says neither is refused.
"""

from flask import Blueprint, current_app, request

from web.errors import CrossSiteRefused
from web.origin import Origin

EXTENSION = "gwanin.origin"
_UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})


def same_origin_only(blueprint: Blueprint) -> None:
    """Refuse every unsafe request to a blueprint that does not come from a page of ours."""
    blueprint.before_request(_check)


def _check() -> None:
    if request.method not in _UNSAFE:
        return
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    ours: Origin = current_app.extensions[EXTENSION]
    if site is not None:
        # Our pages send no referrer, and for that browsers write `Origin: null` on their forms.
        if site != "same-origin":
            raise CrossSiteRefused("the form was sent from another site")
    elif origin is None:
        raise CrossSiteRefused("the request does not say where it comes from")
    elif origin != str(ours):
        raise CrossSiteRefused("the form was sent from another origin")
