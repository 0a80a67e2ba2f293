"""Why somebody may not come in, or not do what they tried."""

from credentials.errors import Error


class SignInRefused(Error):
    """The name or the password is wrong, or the account is closed; which one is not told."""

    code = "sign-in-refused"


class SignInDelayed(Error):
    """Too many wrong tries; signing in is possible again after a quarter of an hour."""

    code = "sign-in-delayed"


class SignInBusy(Error):
    """Too many people sign in at this moment; no try was counted."""

    code = "sign-in-busy"


class NotSignedIn(Error):
    """Nobody is signed in, or not any more."""

    code = "not-signed-in"


class NotPermitted(Error):
    """The person's roles, or the agency, do not allow this act."""

    code = "not-permitted"


class FormExpired(Error):
    """The form does not carry the token of this session."""

    code = "form-expired"


class PasswordTooWeak(Error):
    """A password is too short, too long, or on the list of common ones."""

    code = "password-too-weak"


class AccountExists(Error):
    """There is an account with this reference already; its password stays what it is."""

    code = "account-exists"


class RecordNotFound(Error):
    """Nobody of this agency or verifier has ever had an account here: there is no record."""

    code = "record-not-found"


class RecordBroken(Error):
    """A stored record of acts is not the one that was written. line: the number of the first line
    that is wrong, from 1."""

    code = "record-broken"

    def __init__(self, detail: str, *, line: int) -> None:
        super().__init__(f"line {line}: {detail}")
        self.line = line
