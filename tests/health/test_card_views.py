import json
import random

import pytest

from health import services
from health.editing import complete, entered
from health.forms import CardForm
from health.models import CardRule, Scorecard
from health.queries.cards import cards_in_force
from health.scoring import SHIPPED
from tenants.models import AuditEntry, Role
from tenants.scoping import tenant_scope
from tests.factories.accounts import AccountFactory
from tests.health.test_cards import RULE, greener
from tests.health.worked import NOW

LIST = "/t/acme/settings/scorecards/"
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def frozen(time_machine):
    time_machine.move_to(NOW, tick=True)


@pytest.fixture
def draft(tenant, ops):
    """A draft of "Points" that is green from 70."""
    with tenant_scope(tenant.pk):
        return services.save_draft("Points", greener(70), by=ops)


def page(draft, what="draft"):
    return f"{LIST}{draft.pk}/{what}/"


def fields(client, draft):
    """What the editor's form would send, unchanged."""
    form = client.get(page(draft)).context["form"]
    return flat(form.form) | {"updated_at": draft.updated_at.isoformat()}


def flat(branch, path=""):
    if isinstance(branch, str):
        return {path: branch}
    rows = enumerate(branch) if isinstance(branch, list) else branch.items()
    found = {}
    for key, value in rows:
        found |= flat(value, f"{path}.{key}" if path else str(key))
    return found


@pytest.mark.parametrize(
    ("role", "reads", "edits"),
    [
        (Role.OPS, 200, 200),
        (Role.ADMIN, 200, 200),
        (Role.LEAD, 200, 404),
        (Role.CSM, 200, 404),
        (Role.VIEWER, 200, 404),
    ],
)
def test_who_reads_and_who_edits(request, sign_in, draft, role, reads, edits):
    client = sign_in(request.getfixturevalue(role))

    read = [LIST, f"{LIST}order/", f"{LIST}{draft.pk}/"]
    assert [client.get(path).status_code for path in read] == [reads] * 3
    assert client.get(page(draft)).status_code == edits
    assert client.get(f"{LIST}accounts/?account=a").status_code == edits
    assert client.post(page(draft, "preview"), {}).status_code == edits
    if edits == 404:
        for path in (page(draft), f"{LIST}order/", page(draft, "removal")):
            assert client.post(path, {"do": "save"}).status_code == 404
        assert client.post(page(draft, "drafts")).status_code == 404
        assert client.post(page(draft, "copies"), {"name": "x"}).status_code == 404


def test_a_stranger_finds_no_scorecards(stranger_client, draft, tenant):
    for path in (LIST, f"{LIST}order/", f"{LIST}{draft.pk}/", page(draft)):
        assert stranger_client.get(path).status_code == 404
    assert stranger_client.post(page(draft), {"do": "publish"}).status_code == 404
    with tenant_scope(tenant.pk):
        assert Scorecard.objects.filter(published_at=None).count() == 1


def test_another_tenants_draft_is_not_there(ops_client, other_tenant, ops):
    with tenant_scope(other_tenant.pk):
        theirs = services.save_draft("Points", greener(), by=ops)

    assert ops_client.get(f"{LIST}{theirs.pk}/").status_code == 404
    assert ops_client.post(page(theirs), {"do": "publish"}).status_code == 404


def test_the_form_says_what_the_draft_says(ops_client, draft, tenant):
    response = ops_client.post(page(draft), fields(ops_client, draft) | {"do": "save"})

    assert response.status_code == 302
    with tenant_scope(tenant.pk):
        kept = Scorecard.objects.get(pk=draft.pk).definition
    for measure, was in zip(kept["measures"], greener()["measures"], strict=True):
        assert {name: measure[name] for name in was if name != "settings"} == {
            name: was[name] for name in was if name != "settings"
        }
    assert kept["bands"] == {"green": 70, "amber": 50}


def test_a_measure_is_called_in_the_form_as_on_the_receipt():
    form = CardForm(complete(entered(SHIPPED["Weighted"])))

    assert [one.name for one in form.measures][:2] == [
        "Days with a login in half a year",
        "Days with a login",
    ]


def test_a_button_adds_and_removes_without_saving(ops_client, draft, tenant):
    sent = fields(ops_client, draft) | {"do": "add:measures", "new_measure": "depth"}
    added = ops_client.post(page(draft), sent, headers=HTMX).context["form"]
    sent = fields(ops_client, draft) | {"do": "remove:measures.0"}
    removed = ops_client.post(page(draft), sent, headers=HTMX).context["form"]

    assert (
        len(added.measures),
        added.measures[-1].name,
        added.measures[-1].is_open,
    ) == (
        6,
        "Depth of use",
        True,
    )
    assert [one.name for one in removed.measures][
        0
    ] == "Active users of the seats bought"
    with tenant_scope(tenant.pk):
        assert len(Scorecard.objects.get(pk=draft.pk).definition["measures"]) == 5


@pytest.mark.parametrize(
    ("name", "value", "path"),
    [
        ("bands.green", "forty", "bands.green"),
        ("bands.green", "40", "bands.amber"),
        ("measures.0.window", "", "measures.0.window"),
        ("measures.0.shape.steps.0.border", "2", "measures.0.shape.steps.1.border"),
        ("usage_stale_after_hours", "0", "usage_stale_after_hours"),
    ],
)
def test_a_mistake_is_422_at_its_field(ops_client, draft, tenant, name, value, path):
    sent = fields(ops_client, draft) | {name: value, "do": "save"}

    response = ops_client.post(page(draft), sent, headers=HTMX)

    assert (response.status_code, list(response.context["form"].errors)) == (
        422,
        [path],
    )
    control_id = "f-" + path.replace(".", "-")
    assert f'aria-describedby="{control_id}-error"' in response.text
    with tenant_scope(tenant.pk):
        assert Scorecard.objects.get(pk=draft.pk).definition == greener(70)


def test_whoever_saves_second_is_told_and_loses_nothing(
    ops_client, draft, tenant, admin
):
    sent = fields(ops_client, draft) | {"bands.green": "60", "do": "save"}
    with tenant_scope(tenant.pk):
        services.save_draft("Points", greener(75), by=admin)

    refused = ops_client.post(page(draft), sent, headers=HTMX)
    again = ops_client.post(
        page(draft), sent | {"updated_at": refused.context["token"]}, headers=HTMX
    )

    assert [one.status_code for one in (refused, again)] == [422, 422]
    assert "Somebody else changed this draft" in refused.text
    assert refused.context["form"].form["bands"]["green"] == "60"
    with tenant_scope(tenant.pk):
        assert Scorecard.objects.get(pk=draft.pk).definition == greener(75)


def test_publishing_saves_what_stands_in_the_form(ops_client, draft, tenant, ops):
    sent = fields(ops_client, draft) | {"bands.green": "65", "do": "publish"}

    response = ops_client.post(page(draft), sent | {"note": "Softer"}, headers=HTMX)
    again = ops_client.post(page(draft), sent)

    assert response["HX-Redirect"] == LIST
    assert again["Location"] == f"{LIST}{draft.pk}/"
    with tenant_scope(tenant.pk):
        card = cards_in_force()["Points"]
        last = AuditEntry.objects.get(action="scorecard.published")
    assert (card.version, card.note, card.definition["bands"]["green"]) == (
        2,
        "Softer",
        65,
    )
    assert last.by == ops


def test_the_history_says_who_when_and_why(csm_client, draft, tenant, ops):
    with tenant_scope(tenant.pk):
        services.publish_scorecard(draft, by=ops, note="Softer")

    context = csm_client.get(f"{LIST}{draft.pk}/").context

    assert [
        (one.card.version, one.by, one.card.note) for one in context["versions"]
    ] == [
        (2, str(ops), "Softer"),
        (1, "", ""),
    ]
    assert [(one.name, one.before, one.after) for one in context["differences"]] == [
        ("The card", "80", "70")
    ]


def test_the_preview_says_who_changes_colour(ops_client, draft, tenant):
    with tenant_scope(tenant.pk):
        AccountFactory(name="Nova", mrr=100)

    sent = fields(ops_client, draft) | {"account": "nova", "do": "ignored"}
    context = ops_client.post(page(draft, "preview"), sent).context

    assert (context["portfolio"].total, context["portfolio"].shifted) == (1, [])
    assert context["trial"].account.name == "Nova"
    assert [one.name for one in context["differences"]] == ["The card"]


def test_the_preview_of_a_mistake_asks_to_mend_it(ops_client, draft):
    sent = fields(ops_client, draft) | {"bands.green": "x"}

    response = ops_client.post(page(draft, "preview"), sent)

    assert (response.status_code, list(response.context["errors"])) == (
        200,
        ["bands.green"],
    )


@pytest.mark.parametrize("accounts", [1, 3])
def test_the_preview_costs_the_same_for_many(
    ops_client, draft, tenant, accounts, django_assert_num_queries
):
    sent = fields(ops_client, draft)
    with tenant_scope(tenant.pk):
        AccountFactory.create_batch(accounts)

    with django_assert_num_queries(25):
        context = ops_client.post(page(draft, "preview"), sent).context

    assert context["portfolio"].seen == accounts


@pytest.mark.parametrize("cards", [1, 3])
def test_the_list_costs_the_same_for_many(
    csm_client, tenant, ops, cards, django_assert_num_queries
):
    with tenant_scope(tenant.pk):
        services.ensure_cards()
        for number in range(cards):
            services.save_draft(f"Card {number}", greener(), by=ops)

    with django_assert_num_queries(16):
        lines = csm_client.get(LIST).context["lines"]

    assert [line.name for line in lines if line.draft] == [
        f"Card {number}" for number in range(cards)
    ]


def test_the_list_counts_whom_each_card_scores(csm_client, tenant, ops):
    with tenant_scope(tenant.pk):
        AccountFactory.create_batch(2, lifecycle_stage="growth")
        AccountFactory(lifecycle_stage="adoption")
        AccountFactory(lifecycle_stage="churned")
        services.save_card_order([RULE], by=ops)

    lines = csm_client.get(LIST).context["lines"]

    assert [(line.name, line.accounts) for line in lines] == [
        ("Weighted", 2),
        ("Points", 1),
        ("Onboarding", 0),
    ]


def order(*rules, was=(), **more):
    sent = {"was": json.dumps(list(was)), "do": "save"}
    for number, rule in enumerate(rules):
        for name, value in rule.items():
            sent[f"rules.{number}.{name}"] = value
    return sent | more


ONBOARDING = {
    "card": "Onboarding",
    "stages": ["onboarding"],
    "tiers": ["high"],
    "segments": [],
}


def test_rules_are_put_in_order_and_saved(ops_client, tenant):
    ops_client.get(LIST)
    moved = ops_client.post(
        f"{LIST}order/", order(RULE, ONBOARDING, do="up:1"), headers=HTMX
    )
    saved = ops_client.post(f"{LIST}order/", order(*moved.context["form"].rules))

    assert saved.status_code == 302
    with tenant_scope(tenant.pk):
        found = CardRule.objects.order_by("position").values_list("card", flat=True)
        assert list(found) == ["Onboarding", "Weighted"]


def test_the_first_rule_that_matches_catches(ops_client, tenant):
    with tenant_scope(tenant.pk):
        AccountFactory(lifecycle_stage="onboarding", tier="high")
        AccountFactory(lifecycle_stage="onboarding", tier="mid")
        AccountFactory(lifecycle_stage="growth")
        AccountFactory(lifecycle_stage="churned")
    everybody = {"card": "Weighted", "stages": [], "tiers": [], "segments": []}

    response = ops_client.post(
        f"{LIST}order/", order(ONBOARDING, everybody, RULE, do="count"), headers=HTMX
    )

    assert [row["caught"] for row in response.context["rows"]] == [1, 2, 0]
    assert response.context["rest"] == 0


def test_an_order_of_a_card_not_in_force_is_422(ops_client, draft, tenant):
    rule = RULE | {"card": "Nothing"}

    response = ops_client.post(f"{LIST}order/", order(rule), headers=HTMX)

    assert (response.status_code, list(response.context["form"].errors)) == (422, [0])


def test_whoever_orders_second_is_told(ops_client, tenant, admin):
    with tenant_scope(tenant.pk):
        services.save_card_order([RULE], by=admin)

    response = ops_client.post(f"{LIST}order/", order(ONBOARDING), headers=HTMX)

    assert response.status_code == 422
    assert "Somebody else changed the order" in response.text
    assert [row["card"] for row in response.context["rows"]] == ["Weighted"]


def test_a_copy_needs_a_free_name(ops_client, draft):
    taken = ops_client.post(page(draft, "copies"), {"name": "weighted"})
    free = ops_client.post(page(draft, "copies"), {"name": "Partners"})

    assert (taken.status_code, list(taken.context["form"].errors)) == (422, ["name"])
    assert free.status_code == 302


def test_a_discarded_draft_is_gone(ops_client, draft):
    response = ops_client.post(page(draft, "removal"))

    assert response["Location"] == LIST
    assert ops_client.get(page(draft)).status_code == 404


def test_no_form_however_mangled_breaks_the_editor(ops_client, draft, tenant):
    dice = random.Random(11)
    sent = fields(ops_client, draft)
    actions = ["save", "redraw", "add:measures", "add:groups", "add:caps"]
    verbs = ["add", "remove", "up", "down", "move"]
    values = ["", "x", "9" * 400, "nps", "bands", "scale", "1e999", "-0", "٣", "\x00"]
    statuses = set()
    for _ in range(120):
        mangled = dict(sent)
        for path in dice.sample(sorted(sent), 6):
            value = mangled.pop(path)
            parts = path.split(".")
            parts = dice.choice([parts, parts[:-1], parts[::-1], [*parts, "0"]])
            mangled[".".join(parts)] = dice.choice([value, *values])
        path = dice.choice(sorted(mangled))
        what = dice.choice([*actions, f"{dice.choice(verbs)}:{path}"])
        mangled |= {
            "do": what,
            "new_measure": dice.choice(["nps", "?"]),
            "new_cap": "?",
        }
        part = dice.choice(["draft", "preview"])
        response = ops_client.post(page(draft, part), mangled, headers=HTMX)
        statuses.add(response.status_code)

    assert statuses == {200, 422}
