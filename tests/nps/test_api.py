import pytest

from accounts.models import Touch
from nps.models import Response
from tenants.scoping import tenant_scope
from tests.factories.accounts import AccountFactory, ContactFactory

URL = "/api/v1/responses/"
ANSWER = {
    "account": "a1",
    "contact": "ADA@customer.example",
    "kind": "nps",
    "score": 9,
    "comment": "Good",
    "answered_at": "2026-01-01T09:00:00Z",
}


@pytest.fixture(autouse=True)
def account(tenant):
    with tenant_scope(tenant.pk):
        account = AccountFactory(external_id="a1")
        ContactFactory(account=account, email="Ada@customer.example")
        ContactFactory(email="bob@customer.example")
        return account


def test_an_answer_is_kept_and_touches_its_account(api, tenant, account):
    answer = api.post(URL, ANSWER, format="json")

    assert answer.status_code == 201
    assert {name: answer.json()[name] for name in ANSWER} == ANSWER | {
        "contact": "Ada@customer.example"
    }
    with tenant_scope(tenant.pk):
        assert list(Touch.objects.values_list("account", "reason")) == [
            (account.pk, "answer")
        ]


def test_an_answer_with_an_external_id_is_kept_once(api, tenant):
    body = ANSWER | {"external_id": "r1"}

    answers = [api.post(URL, body, format="json") for _ in range(2)]

    assert [answer.status_code for answer in answers] == [201, 200]
    assert answers[0].json() == answers[1].json()
    with tenant_scope(tenant.pk):
        assert Response.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"score": 11}, "score"),
        ({"score": -1}, "score"),
        ({"score": "nine"}, "score"),
        ({"kind": "csat", "score": 0}, "score"),
        ({"kind": "ces"}, "kind"),
        ({"account": "nobody"}, "account"),
        ({"contact": "bob@customer.example"}, "contact"),
        ({"answered_at": "yesterday"}, "answered_at"),
    ],
)
def test_a_bad_answer_is_refused_at_its_field(api, change, wrong):
    answer = api.post(URL, ANSWER | change, format="json")

    assert (answer.status_code, list(answer.json()["errors"])) == (400, [wrong])


def test_bulk_answers_for_each_item(api):
    items = [ANSWER, ANSWER | {"external_id": "r1"}, ANSWER | {"score": 11}, None]

    results = api.post(f"{URL}bulk/", items, format="json").json()["results"]

    assert [(r["index"], r["external_id"], r["status"]) for r in results] == [
        (0, None, "created"),
        (1, "r1", "created"),
        (2, None, "error"),
        (3, None, "error"),
    ]


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_costs_the_same_for_one_row_and_for_three(
    api, rows, django_assert_num_queries
):
    api.post(f"{URL}bulk/", [ANSWER] * rows, format="json")

    # Credential, scope (3), key, savepoint (2), rows, the scope put back.
    with django_assert_num_queries(9):
        answer = api.get(URL)

    assert len(answer.json()["results"]) == rows


def test_a_stranger_sees_no_answer(api, strangers_api):
    api.post(URL, ANSWER, format="json")

    assert strangers_api.get(URL).json()["results"] == []
    refused = strangers_api.post(URL, ANSWER, format="json")
    assert list(refused.json()["errors"]) == ["account"]
