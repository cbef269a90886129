"""What the stages want is a setting: who may change it, and what comes of it."""

import pytest

from renewals.models import PIPELINE, ItemRule, PipelineRule, StageRule
from renewals.queries.checklist import rules
from tenants.models import AuditEntry
from tenants.scoping import tenant_scope

URL = "/t/acme/settings/pipeline/"


def said(**more):
    """The form as it is sent, with other answers where they are given."""
    answers = {
        "may_skip": "on",
        "preparation-health_check": "required",
        "preparation-qbr": "required",
        "initiation-decision_maker": "required",
        "negotiation-offer": "required",
        "approval-documents": "required",
        "approval-payment": "required",
    }
    answers |= {f"{stage}-limit_days": "30" for stage in PIPELINE}
    answers |= {f"{stage}-own": "" for stage in PIPELINE}
    return answers | {name.replace("__", "-"): value for name, value in more.items()}


def test_rules_are_kept_and_audited_once(ops_client, ops, tenant):
    sent = said(
        may_skip="",
        is_standard_path="on",
        preparation__qbr="advisory",
        initiation__own="Ask legal\n* Send a cake",
        approval__limit_days="7",
    )
    for _ in range(2):
        assert ops_client.post(URL, sent).status_code == 302

    with tenant_scope(tenant.pk):
        kept = rules()
        audit = AuditEntry.objects.get(action="pipeline.ruled")
    assert (kept.may_skip, kept.is_standard_path) == (False, True)
    assert kept.limits["approval"] == 7
    asked = {str(item.title): item.need for item in kept.of("initiation", is_red=False)}
    assert asked == {
        "Two-way contact with the decision maker": "required",
        "Ask legal": "required",
        "Send a cake": "advisory",
    }
    assert audit.by == ops


def test_an_own_item_keeps_its_key_while_its_words_stay(ops_client, tenant):
    ops_client.post(URL, said(approval__own="Ask legal\nSend a cake"))
    with tenant_scope(tenant.pk):
        before = dict(ItemRule.objects.exclude(title="").values_list("title", "key"))

    ops_client.post(URL, said(approval__own="* Ask legal"))

    with tenant_scope(tenant.pk):
        after = dict(ItemRule.objects.exclude(title="").values_list("title", "key"))
    assert after == {"Ask legal": before["Ask legal"]}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("preparation-limit_days", "0"),
        ("approval-own", "a\na"),
        ("approval-own", "\n".join(map(str, range(11)))),
        ("approval-own", "x" * 121),
        ("preparation-qbr", "perhaps"),
    ],
)
def test_a_bad_rule_is_422_and_changes_nothing(ops_client, tenant, field, value):
    answer = ops_client.post(URL, said() | {field: value})

    stage, name = field.split("-")
    forms = {form.stage: form for form in answer.context["stages"]}
    assert (answer.status_code, list(forms[stage].errors)) == (422, [name])
    with tenant_scope(tenant.pk):
        assert StageRule.objects.count() == 0


def test_only_ops_and_admin_set_the_rules(
    ops_client, admin_client, lead_client, csm_client, viewer_client, stranger_client
):
    clients = [ops_client, admin_client]
    others = [lead_client, csm_client, viewer_client, stranger_client]

    assert [client.get(URL).status_code for client in clients] == [200] * 2
    assert [client.post(URL, said()).status_code for client in others] == [404] * 4


def test_a_workspace_that_says_nothing_is_as_shipped(in_tenant):
    assert PipelineRule.objects.count() == 0
    assert rules().limits == {
        "preparation": 30,
        "initiation": 30,
        "negotiation": 30,
        "approval": 15,
    }
