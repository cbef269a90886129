import threading
from copy import deepcopy

import pytest
from django.db import connections

from health import services
from health.models import CardRule, Night, Scorecard
from health.queries.cards import cards_in_force
from health.scoring import POINTS
from tenants.models import AuditEntry, Role
from tenants.scoping import tenant_scope
from tests.factories.accounts import AccountFactory
from tests.factories.tenants import MembershipFactory, TenantFactory
from tests.health.worked import NOW, TODAY

RULE = {"card": "Weighted", "stages": ["growth"], "tiers": [], "segments": []}


@pytest.fixture(autouse=True)
def frozen(time_machine):
    time_machine.move_to(NOW, tick=True)


def greener(border=70):
    made = deepcopy(POINTS)
    made["bands"]["green"] = border
    return made


def audited():
    entries = AuditEntry.objects.order_by("at", "created_at")
    return list(entries.values_list("action", "subject_label"))


def test_a_draft_is_kept_beside_what_is_in_force(in_tenant, ops):
    services.save_draft("Points", greener(70), by=ops)
    draft = services.save_draft("Points", greener(75), by=ops)

    versions = Scorecard.objects.filter(name="Points", published_at=None)
    assert [(one.pk, one.version, one.definition) for one in versions] == [
        (draft.pk, 2, greener(75))
    ]
    assert cards_in_force()["Points"].version == 1
    assert audited() == [("scorecard.drafted", "Points 2")] * 2


def test_what_scoring_could_not_use_is_neither_kept_nor_published(in_tenant, ops):
    draft = services.save_draft("Points", greener(), by=ops)
    Scorecard.objects.filter(pk=draft.pk).update(definition=greener(40))
    with pytest.raises(services.DraftChanged):
        services.publish_scorecard(draft, by=ops)
    draft.refresh_from_db()

    with pytest.raises(services.InvalidDefinition) as refused:
        services.save_draft("Points", greener(40), by=ops)
    with pytest.raises(services.InvalidDefinition):
        services.publish_scorecard(draft, by=ops)

    assert list(refused.value.errors) == ["bands.amber"]
    assert cards_in_force()["Points"].version == 1


def test_the_second_of_two_who_edit_a_draft_is_refused(in_tenant, ops, admin):
    draft = services.save_draft("Points", greener(70), by=ops)
    services.save_draft(
        "Points", greener(75), by=admin, unless_changed=draft.updated_at
    )

    with pytest.raises(services.DraftChanged):
        services.save_draft(
            "Points", greener(60), by=ops, unless_changed=draft.updated_at
        )

    kept = Scorecard.objects.get(pk=draft.pk)
    assert kept.definition["bands"]["green"] == 75


def test_a_draft_that_was_published_is_not_saved_over(in_tenant, ops):
    draft = services.save_draft("Points", greener(70), by=ops)
    services.publish_scorecard(draft, by=ops, note="Fewer greens")

    with pytest.raises(services.DraftChanged):
        services.save_draft(
            "Points", greener(60), by=ops, unless_changed=draft.updated_at
        )
    with pytest.raises(services.AlreadyPublished):
        services.publish_scorecard(draft, by=ops)
    with pytest.raises(services.AlreadyPublished):
        services.discard_draft(draft, by=ops)

    published = cards_in_force()["Points"]
    assert (published.version, published.note) == (2, "Fewer greens")
    assert published.definition == greener(70)


def test_publishing_begins_the_night_anew(in_tenant, ops):
    AccountFactory.create_batch(3)
    Night.objects.create(
        tenant_id=in_tenant.pk, day=TODAY, accounts=9, total=9, finished_at=NOW
    )

    services.publish_scorecard(services.save_draft("Points", greener(), by=ops), by=ops)

    night = Night.objects.get()
    assert (night.accounts, night.total, night.finished_at) == (0, 3, None)


def test_a_discarded_draft_is_gone_and_audited(in_tenant, ops):
    draft = services.save_draft("Points", greener(), by=ops)

    services.discard_draft(draft, by=ops)
    services.discard_draft(draft, by=ops)

    assert not Scorecard.objects.filter(published_at=None).exists()
    assert audited()[1:] == [("scorecard.discarded", "Points 2")]


def test_a_draft_is_begun_once(in_tenant, ops):
    services.save_draft("Weighted", greener(), by=ops)
    card = cards_in_force()["Points"]

    first = services.begin_draft(card, by=ops)
    again = services.begin_draft(card, by=ops)

    assert (first.pk, first.version, first.definition) == (again.pk, 2, POINTS)


def test_a_copy_has_a_name_of_its_own(in_tenant, ops):
    services.save_draft("Points", greener(), by=ops)
    card = cards_in_force()["Weighted"]

    copy = services.copy_scorecard(card, name="Partners", by=ops)
    with pytest.raises(services.NameTaken):
        services.copy_scorecard(card, name="partners", by=ops)

    assert (copy.version, copy.published_at) == (1, None)
    assert copy.definition == card.definition


def test_the_order_of_rules_is_replaced_and_audited(in_tenant, ops):
    Night.objects.create(tenant_id=in_tenant.pk, day=TODAY, finished_at=NOW)

    services.save_card_order([RULE], by=ops)
    Night.objects.update(finished_at=NOW)
    services.save_card_order([RULE], by=ops)

    assert list(CardRule.objects.values_list("position", "card", "stages")) == [
        (1, "Weighted", ["growth"])
    ]
    assert [action for action, _ in audited()] == ["scorecard.ordered"]
    assert Night.objects.get().finished_at == NOW


def test_a_rule_of_a_card_not_in_force_is_refused(in_tenant, ops):
    services.save_draft("Partners", greener(), by=ops)

    with pytest.raises(services.UnknownCard):
        services.save_card_order([RULE | {"card": "Partners"}], by=ops)

    assert CardRule.objects.count() == 0


def test_the_second_of_two_who_order_is_refused(in_tenant, ops):
    services.save_card_order([RULE], by=ops, unless_changed=[])

    with pytest.raises(services.OrderChanged):
        services.save_card_order([], by=ops, unless_changed=[])

    assert CardRule.objects.count() == 1


@pytest.mark.slow
def test_drafts_begun_at_once_are_one(committed):
    tenant = TenantFactory()
    ops = MembershipFactory(tenant=tenant, role=Role.OPS).user
    together, failed = threading.Barrier(4), []

    def begin():
        together.wait()
        try:
            with tenant_scope(tenant.pk):
                services.begin_draft(cards_in_force()["Points"], by=ops)
        except Exception as error:  # noqa: BLE001 (told below)
            failed.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=begin) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with tenant_scope(tenant.pk):
        drafts = Scorecard.objects.filter(published_at=None).count()
    assert (failed, drafts) == ([], 1)


@pytest.mark.slow
def test_a_draft_published_twice_at_once_is_published_once(committed):
    tenant = TenantFactory()
    ops = MembershipFactory(tenant=tenant, role=Role.OPS).user
    with tenant_scope(tenant.pk):
        draft = services.save_draft("Points", greener(), by=ops)
    together, said = threading.Barrier(3), []

    def publish():
        together.wait()
        try:
            with tenant_scope(tenant.pk):
                services.publish_scorecard(draft, by=ops)
            said.append("published")
        except services.AlreadyPublished:
            said.append("refused")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=publish) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with tenant_scope(tenant.pk):
        entries = AuditEntry.objects.filter(action="scorecard.published").count()
    assert (sorted(said), entries) == (["published", "refused", "refused"], 1)


def test_a_card_that_measures_no_logins_names_none(in_tenant, ops):
    definition = greener()
    del definition["measures"][0]
    services.publish_scorecard(
        services.save_draft("Points", definition, by=ops), by=ops
    )

    card = services.name_login_event("Signed in", by=ops)

    assert (card.version, card.definition) == (2, definition)
