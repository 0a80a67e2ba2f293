"""`gwanin registry token`: the tokens of agencies' own software."""

from collections.abc import Callable
from datetime import timedelta

import click

from city_services.seoul.log_office import LogOffice
from console.output import emit, json_option, member_lines
from did_registry.agency_token import LIFETIME


def token_command(open_office: Callable[[], LogOffice]) -> click.Command:
    """`gwanin registry token`."""

    @click.command("token")
    @click.argument("code")
    @click.option(
        "--days",
        type=click.IntRange(1, 3650),
        default=LIFETIME.days,
        show_default=True,
        help="How long it lives.",
    )
    @click.option("--end", is_flag=True, help="End all tokens of the agency instead.")
    @json_option
    def command(*, code: str, days: int, end: bool, as_json: bool) -> None:
        """Make a token with which an agency's software may offer entries of the agency's DID.

        It is shown once. Whoever has it can't change the DID: every entry needs the update key.
        """
        office = open_office()
        document = office.end_tokens(code) if end else office.give_token(code, timedelta(days=days))
        emit(document, member_lines(document), as_json=as_json)

    return command
