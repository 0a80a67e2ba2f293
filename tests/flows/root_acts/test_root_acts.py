"""The acts of the registry's root through the real commands: what they do to cards and offers."""

from dataclasses import replace
from datetime import datetime

import click
import pytest
from click.testing import CliRunner
from sqlalchemy.orm import Session

from city_services.seoul.city import City
from city_services.seoul.root_office import CityTenants
from credentials.errors import Error
from credentials.json_object import JsonObject
from credentials.jws import peek_header
from did_registry.actions.root_desk import NewKeys
from did_registry.cli_root import add_root_commands
from did_registry.document import Purpose
from did_registry.webvh.did import Did
from staff.store import acts
from storage.errors import StorageUnavailable
from tests.simulators.city import (
    URL,
    SimulatedCity,
)
from tests.simulators.forger import RESIDENCY
from tests.simulators.root_line import (
    FIRST,
    GU,
    SECOND,
    Root,
    check_named,
    residency_card,
    show_residency,
    word_for,
)

# Rotation


def test_after_a_rotation_new_cards_are_accepted_and_old_ones_need_evidence(
    city: SimulatedCity,
) -> None:
    root = Root(city)
    old = residency_card(city)
    assert word_for(city, old) == ("accepted", "OK")
    effect = root.do("rotate", GU)
    assert effect["retired"] == ["eddsa-1", "es256-1"]
    assert effect["current"] == ["eddsa-2", "es256-2"]
    new = residency_card(city)
    assert word_for(city, new) == ("accepted", "OK")
    shown = show_residency(city, old)
    assert (shown["decision"], shown["code"]) == ("indeterminate", "UNAVAILABLE")
    assert check_named(shown, "time_of_signing") == ("unknown", "time-of-signing-unknown")
    assert check_named(shown, "status")[0] == "passed"  # the list is signed by the new key


def test_retired_keys_disappear_and_pre_rotation_goes_on(city: SimulatedCity) -> None:
    root = Root(city)
    for number in (2, 3, 4):
        root.do("rotate", GU)
        history = root.view().history(root.did())
        document = history.latest.document
        names = [name.partition("#")[2] for name in document.methods(Purpose.ASSERTION)]
        assert sorted(names) == [f"eddsa-{number}", f"es256-{number}"]
        assert len(document.members["verificationMethod"]) == 2  # type: ignore[arg-type]
        assert "service" in document.members
        assert len(history.latest.parameters.next_key_hashes) == 2
        assert len(history.versions) == number


def test_every_status_list_is_signed_with_the_new_key_at_once(city: SimulatedCity) -> None:
    root = Root(city)
    root.do("rotate", GU)
    token = city.http().get(f"/status/{GU}-1").text
    assert peek_header(token).text("kid") == f"{root.did()}#es256-2"
    bitstring = JsonObject(city.http().get(f"/status/{GU}-1/revocation").get_json(force=True))
    assert bitstring.object("proof").text("verificationMethod") == f"{root.did()}#eddsa-2"


def test_a_verifier_asks_with_its_new_key(city: SimulatedCity) -> None:
    root, wallet = Root(city), residency_card(city)
    assert root.do("rotate", "VER-LIB")["current"] == ["request-2"]
    asked = city.ask("VER-LIB", city.query(RESIDENCY, "residentOfSeoul"))
    wallet.present(asked.link)  # which takes the registered key of today only
    assert city.result(asked.result_id)["code"] == "OK"


def test_the_root_rotates_itself_and_goes_on(city: SimulatedCity) -> None:
    root = Root(city)
    root.do("rotate", "SEL-DIG")
    root.do("accredit", GU)
    size = root.view().checkpoint.size
    again = City(city.city.settings, clock=city.clock)
    assert again.seed().checkpoint.size == size  # a city that is there already stays as it is
    again.database.close()


# Compromise


def test_a_compromise_counts_at_once_and_only_from_then_on(city: SimulatedCity) -> None:
    root, before = Root(city), residency_card(city)
    city.clock.advance(days=2)
    since = city.clock().isoformat(timespec="seconds").replace("+00:00", "Z")
    city.clock.advance(hours=1)
    after = residency_card(city)
    assert word_for(city, after) == ("accepted", "OK")
    act = root.run("compromise", GU, "es256-1", "--since", since, "--by", FIRST)
    assert act["state"] == "in-effect"
    assert act["decided_by"] is None
    city.clock.advance(seconds=310)
    shown = show_residency(city, after)
    assert (shown["decision"], shown["code"]) == ("rejected", "TAMPERED")
    assert check_named(shown, "issuer_key") == ("failed", "key-compromised")
    shown = show_residency(city, before)
    assert shown["decision"] == "indeterminate"
    assert check_named(shown, "time_of_signing") == ("unknown", "time-of-signing-unknown")
    confirmed = root.run("approve", act["act"], "--by", SECOND)
    assert (confirmed["state"], confirmed["effect"]) == ("done", act["effect"])
    assert root.view().notices == 1


def test_a_compromise_names_every_list_that_was_logged_since(city: SimulatedCity) -> None:
    root = Root(city)
    city.clock.advance(days=1)
    offer = city.offer(GU, RESIDENCY, city.claims("P01"))
    early = "2026-03-13T00:00:00Z"
    affected = root.run("compromise", GU, "eddsa-1", "--since", early, "--by", FIRST)["effect"]
    subjects = {one["subject"] for one in affected["affected"]}
    lists = {f"{URL}/status/{GU}-1{form}" for form in ("", "/revocation", "/suspension")}
    assert subjects == lists
    late = root.run("compromise", GU, "es256-1", "--since", "2026-03-13T23:00:00Z", "--by", FIRST)
    assert late["effect"]["affected"] == []
    assert offer.link


def test_an_issuer_with_a_compromised_key_signs_nothing_until_it_has_another(
    city: SimulatedCity,
) -> None:
    root = Root(city)
    now = city.clock().isoformat(timespec="seconds").replace("+00:00", "Z")
    root.do("compromise", GU, "es256-1", "--since", now)
    with pytest.raises(Error, match="type-not-issued"):
        residency_card(city)
    root.do("rotate", GU)
    assert word_for(city, residency_card(city)) == ("accepted", "OK")


# Deactivation


def test_an_issuer_that_was_deactivated_issues_no_more(city: SimulatedCity) -> None:
    root, card = Root(city), residency_card(city)
    root.do("deactivate", GU)
    with pytest.raises(Error, match="type-not-issued"):
        residency_card(city)
    city.clock.advance(seconds=310)
    shown = show_residency(city, card)
    assert shown["decision"] == "indeterminate"
    assert check_named(shown, "time_of_signing") == ("unknown", "time-of-signing-unknown")
    history = root.view().history(root.did())
    assert (history.deactivated, len(history.versions)) == (True, 3)
    assert "verificationMethod" not in history.latest.document.members
    for act in (("rotate", GU), ("deactivate", GU), ("accredit", GU)):
        assert root.refused(*act) == "act-refused"
    assert city.http().get(f"/1.0/identifiers/{root.did()}").status_code == 410


# Renewal


def test_rights_that_are_renewed_outlast_their_first_period(city: SimulatedCity) -> None:
    root = Root(city)
    city.clock.advance(days=360)
    root.do("register", "VER-LIB")
    city.clock.advance(days=360)
    root.do("accredit", GU)
    root.do("register", "VER-LIB")
    city.clock.advance(days=100)
    assert word_for(city, residency_card(city)) == ("accepted", "OK")
    held = root.view().accreditations_at(root.did(), city.clock())
    assert [right.types for right in held] == [frozenset({RESIDENCY})]


def test_a_renewal_may_change_the_terms(city: SimulatedCity) -> None:
    root = Root(city)
    root.do("accredit", GU, "--types", "YouthAllowanceEligibilityCredential")
    root.do("register", "VER-LIB", "--attributes", f"{RESIDENCY}.residentOfSeoul")
    now, view = city.clock(), root.view()
    assert view.find_accreditation(root.did(), "YouthAllowanceEligibilityCredential", now)
    registered = view.find_registration(root.did("VER-LIB"), now)
    assert registered is not None
    assert registered.attributes == {f"{RESIDENCY}.residentOfSeoul"}
    assert registered.name_en
    assert root.refused("accredit", GU, "--types", "NoSuchType") == "act-refused"
    act = root.propose("register", GU)  # which never asked
    assert root.refused("approve", act, by=SECOND) == "act-refused"


# Admission


# Two people


def test_no_act_is_done_by_one_person(city: SimulatedCity) -> None:
    root, size = Root(city), Root(city).view().checkpoint.size
    act = root.propose("rotate", GU)
    assert root.refused("approve", act, by=FIRST) == "same-person"
    for stranger in ("GU-11620-02", "SEL-DIG-09", "SEL-YOUTH-99"):
        assert root.refused("approve", act, by=stranger) == "not-permitted"
        assert root.refused("rotate", GU, by=stranger) == "not-permitted"
    assert root.refused("approve", act, by="somebody") == "malformed"
    assert root.view().checkpoint.size == size
    assert [row["state"] for row in root.run("acts")] == ["proposed"]
    root.run("approve", act, "--by", SECOND)
    assert root.refused("approve", act, by=SECOND) == "act-not-open"
    assert root.refused("withdraw", act, by=SECOND) == "act-not-open"
    assert root.refused("approve", "act-none", by=SECOND) == "unknown-act"


def test_an_act_is_open_once_and_can_be_withdrawn(city: SimulatedCity) -> None:
    root = Root(city)
    act = root.propose("rotate", GU)
    assert root.refused("rotate", GU, by=SECOND) == "act-is-open"
    root.propose("rotate", "SEL-HR")
    assert root.run("withdraw", act, "--by", FIRST)["state"] == "withdrawn"
    root.do("rotate", GU)
    rows = root.run("acts")
    assert [(row["subject"], row["state"]) for row in rows] == [
        (GU, "withdrawn"),
        ("SEL-HR", "proposed"),
        (GU, "done"),
    ]
    record = city.http()
    assert record.get("/log/checkpoint").status_code == 200


def test_acts_that_the_registry_does_not_allow_are_refused(city: SimulatedCity) -> None:
    root = Root(city)
    assert root.refused("deactivate", "SEL-DIG") == "act-refused"
    assert root.refused("rotate", "GU-00000") == "unknown-did"
    late, early = "2030-01-01T00:00:00Z", "2026-03-12T00:00:00Z"
    assert root.refused("compromise", GU, "es256-1", "--since", late) == "act-refused"
    assert root.refused("compromise", GU, "es256-9", "--since", early) == "act-refused"
    assert root.refused("compromise", "did:key:zX", "zX", "--since", early) == "unknown-did"
    assert root.refused("compromise", GU, "es256-1", "--since", "yesterday") == "malformed"
    assert root.run("acts") == []


def test_with_its_own_key_compromised_the_root_rotates_first(city: SimulatedCity) -> None:
    root = Root(city)
    now = city.clock().isoformat(timespec="seconds").replace("+00:00", "Z")
    root.do("compromise", "SEL-DIG", "eddsa-1", "--since", now)
    act = root.propose("accredit", GU)
    assert root.refused("approve", act, by=SECOND) == "key-compromised"
    root.do("rotate", "SEL-DIG")
    assert root.run("approve", act, "--by", SECOND)["state"] == "done"
    assert root.view().notices == 1


def test_what_breaks_off_leaves_nothing_half_done(city: SimulatedCity) -> None:
    """The next update key is out of reach, as after a crash or a lost disk: the act stays open."""
    root, size = Root(city), Root(city).view().checkpoint.size
    act = root.propose("rotate", GU)
    key = city.city.settings.data_dir / "keys" / f"{GU}_update-2.json"
    away = key.rename(key.with_name(".away"))
    assert root.refused("approve", act, by=SECOND) == "key-not-found"
    assert root.view().checkpoint.size == size
    assert word_for(city, residency_card(city)) == ("accepted", "OK")  # still with the old key
    away.rename(key)
    assert root.run("approve", act, "--by", SECOND)["effect"]["current"] == ["eddsa-2", "es256-2"]


def test_a_rotation_that_fails_at_its_very_end_has_not_begun(city: SimulatedCity) -> None:
    """The entry is written and the tenant can't follow: neither of it is kept."""
    root, card = Root(city), residency_card(city)
    size, act = root.view().checkpoint.size, root.propose("rotate", GU)
    office = city.city.root_office
    broken = replace(office, desk=replace(office.desk, tenants=Unable(city.city.issuer.context)))
    city.clock.advance(seconds=10)
    with pytest.raises(StorageUnavailable):
        broken.approve(act, by=SECOND)
    assert root.view().checkpoint.size == size
    assert [row["state"] for row in root.run("acts")] == ["proposed"]
    assert word_for(city, card) == ("accepted", "OK")
    root.run("approve", act, "--by", SECOND)  # with the keys that were made for it before
    city.clock.advance(seconds=10)
    assert word_for(city, residency_card(city)) == ("accepted", "OK")


class Unable(CityTenants):
    """Tenants whose part of a rotation or an enrolment fails."""

    def adopt(self, session: Session, keys: NewKeys, *, now: datetime) -> None:
        """Fail, as a disk that is full does."""
        raise StorageUnavailable("the database cannot be used at present")

    def welcome(self, session: Session, code: str, did: Did, *, asks: bool, now: datetime) -> None:
        """Fail as well."""
        raise StorageUnavailable("the database cannot be used at present")


def test_the_record_of_acts_names_both_people(city: SimulatedCity) -> None:
    root = Root(city)
    root.do("rotate", GU)
    with city.city.database.reading() as session:
        lines = [JsonObject(row.line) for row in acts(session, "SEL-DIG", offset=0, limit=9)]
    assert [(line.text("act"), line.text("staff")) for line in lines] == [
        ("root-act-approved", SECOND),
        ("root-act-proposed", FIRST),
    ]


def test_people_read_what_was_done(city: SimulatedCity) -> None:
    group = click.Group("registry")
    add_root_commands(group, lambda: city.city.root_office)
    city.clock.advance(seconds=10)
    early = "2026-03-12T00:00:00Z"
    arguments = ["compromise", GU, "es256-1", "--since", early, "--by", FIRST]
    lines = CliRunner().invoke(group, arguments).stdout.splitlines()
    assert "state: in-effect" in lines
    assert sum(line.startswith("affected: status ") for line in lines) == 3
    listed = CliRunner().invoke(group, ["acts"]).stdout
    assert f"compromise {GU}#es256-1, in-effect (SEL-DIG-01, -)" in listed
