import io
from datetime import UTC, date, datetime, timedelta
from itertools import product

import pytest
import time_machine
from django.db.models import F
from openpyxl import load_workbook

from accounts.models import Account
from cs_platform.lib.keyset import BadCursor, Order, page_of
from insights.forms import PortfolioForm
from insights.models import SavedView
from insights.queries import portfolio
from tenants.models import AuditEntry
from tenants.scoping import tenant_scope
from tests.factories.accounts import AccountFactory
from tests.factories.health import SnapshotFactory
from tests.factories.tenants import MembershipFactory
from worklist.models import Alert, Task
from worklist.services import close_task, create_task, open_alert

URL = "/t/acme/accounts/"
NOW = datetime(2026, 5, 20, 9, tzinfo=UTC)
TODAY = NOW.date()

pytestmark = pytest.mark.usefixtures("frozen")


@pytest.fixture
def frozen():
    with time_machine.travel(NOW, tick=False):
        yield


def names(client, query=""):
    return [row["name"] for row in client.get(f"{URL}{query}").context["rows"]]


def ties_and_nulls():
    scores = [None, 10, 10, 10, 50, None, 90, 90, None, 0]
    return [AccountFactory(name=f"A{n}", score=score) for n, score in enumerate(scores)]


@pytest.mark.parametrize(
    ("column", "descending", "size"),
    list(product(["score", "mrr", "name", "decides_on"], [False, True], [1, 3, 4, 20])),
)
def test_paging_walks_every_row_once_and_back(in_tenant, column, descending, size):
    for n, account in enumerate(ties_and_nulls()):
        account.mrr = n % 3
        account.decides_on = None if n % 4 == 0 else TODAY + timedelta(days=n % 2)
        account.save()
    order = Order(column, descending, has_gaps=column in ("score", "decides_on"))
    by = (
        F(column).desc(nulls_last=True)
        if descending
        else F(column).asc(nulls_last=True)
    )
    ties = "-id" if descending else "id"
    everything = list(Account.objects.order_by(by, ties).values_list("name", flat=True))

    there, cursors = walk(order, size, "after", "")
    back, _ = walk(order, size, "before", cursors[-1])

    assert there == everything
    assert (
        back[: len(everything) - len(last_page(there, size))]
        == everything[: len(everything) - len(last_page(there, size))]
    )


def last_page(rows, size):
    return rows[(len(rows) - 1) // size * size :]


def walk(order, size, way, cursor):
    """All rows from a cursor on, one way, and where each page began or ended."""
    found, cursors = [], []
    while True:
        page = page_of(
            Account.objects.all(), order, columns=["name"], size=size, **{way: cursor}
        )
        rows = [row["name"] for row in page.rows]
        found = found + rows if way == "after" else rows + found
        cursors.append(page.before if way == "after" else page.after)
        cursor = getattr(page, way)
        if not cursor:
            return found, cursors


def test_a_page_takes_one_query(in_tenant, django_assert_num_queries):
    ties_and_nulls()

    with django_assert_num_queries(1):
        page = page_of(
            Account.objects.all(), Order("score", True, True), columns=["name"], size=5
        )

    assert len(page.rows) == 5


@pytest.mark.parametrize(
    "cursor", ["x", "e30", "W10", "WyJuYW1lIiwicyIsIkEiLCJiIl0", "é"]
)
def test_a_cursor_of_another_list_is_refused(in_tenant, cursor):
    with pytest.raises(BadCursor):
        page_of(
            Account.objects.all(), Order("name"), columns=["name"], size=5, after=cursor
        )


def test_a_broken_cursor_shows_the_first_page(tenant, csm_client):
    with tenant_scope(tenant.pk):
        AccountFactory(name="One")

    assert names(csm_client, "?after=broken") == ["One"]


# Three for who asks, six for the transaction and its scope; the list, its facets, tasks,
# people and saved views; two for the frame of the page.
QUERIES = 16


@pytest.mark.parametrize("accounts", [1, 3])
def test_account_list_query_count(
    tenant, csm, csm_client, accounts, django_assert_num_queries
):
    with tenant_scope(tenant.pk):
        for account in AccountFactory.create_batch(accounts, owner=csm):
            create_task(
                kind="x", title="Call", owner=csm, due_on=TODAY, account=account
            )

    with django_assert_num_queries(QUERIES):
        response = csm_client.get(URL)

    assert len(response.context["rows"]) == accounts


def test_account_list_filters(tenant, csm, csm_client):
    with tenant_scope(tenant.pk):
        AccountFactory(
            name="Mine", owner=csm, band="red", score=10, tier="high", segment="SMB"
        )
        AccountFactory(
            name="Nobody's",
            band="green",
            score=90,
            country="KZ",
            industry="Retail",
            mrr=5,
        )
        AccountFactory(
            name="Soon", decides_on=TODAY + timedelta(days=30), score_change_7d=-3
        )
        AccountFactory(
            name="Later", decides_on=TODAY + timedelta(days=31), domain="later.example"
        )
        AccountFactory(name="Gone", lifecycle_stage="churned")
        AccountFactory(name="Found", is_discovered=True, external_id="100%_x")
        AccountFactory(name="Archived", archived_at=NOW)

    everybody = ["Found", "Later", "Mine", "Nobody's", "Soon"]
    assert {query: names(csm_client, query) for query in CASES} == {
        "": everybody,
        "?churned=on": ["Found", "Gone", *everybody[1:]],
        "?stage=churned": ["Gone"],
        "?owner=me": ["Mine"],
        "?owner=none": ["Found", "Later", "Nobody's", "Soon"],
        "?owner=99999999999999999999": [],
        "?owner=x'--": [],
        "?band=red&band=green": ["Mine", "Nobody's"],
        "?band=purple": everybody,
        "?tier=high": ["Mine"],
        "?segment=SMB": ["Mine"],
        "?industry=Retail&country=KZ": ["Nobody's"],
        "?decides=30": ["Soon"],
        "?decides=31": ["Later", "Soon"],
        "?decides=nonsense": everybody,
        "?q=LATER.ex": ["Later"],
        "?q=%25": ["Found"],
        "?q=100%25_X": ["Found"],
        "?q=%5C": [],
        "?q=' OR 1=1 --": [],
        "?risk=on": ["Later", "Mine", "Soon"],
        "?falling=on": ["Soon"],
        "?found=on": ["Found"],
        "?paying=on": ["Nobody's"],
    }


CASES = [
    "", "?churned=on", "?stage=churned", "?owner=me", "?owner=none",
    "?owner=99999999999999999999", "?owner=x'--", "?band=red&band=green",
    "?band=purple", "?tier=high", "?segment=SMB", "?industry=Retail&country=KZ",
    "?decides=30", "?decides=31", "?decides=nonsense", "?q=LATER.ex", "?q=%25",
    "?q=100%25_X", "?q=%5C", "?q=' OR 1=1 --", "?risk=on", "?falling=on",
    "?found=on", "?paying=on",
]  # fmt: skip


def test_facets_count_each_kind_under_the_other_filters(in_tenant, csm):
    AccountFactory(band="red", tier="high", mrr=10)
    AccountFactory(band="red", tier="mid", owner=csm, mrr=20)
    AccountFactory(band="green", tier="high", mrr=40)
    filters = PortfolioForm({"band": ["red"], "tier": "high"}).cleaned()

    counted = portfolio.facets(Account.objects.all(), filters, viewer=csm, on=TODAY)

    assert (counted.total, counted.mrr) == (1, 10)
    assert counted.counts["band"] == {"red": 1, "green": 1}
    assert counted.counts["tier"] == {"high": 1, "mid": 1}
    assert counted.counts["owner_id"] == {None: 1}


def test_facets_of_no_account_are_zero(in_tenant, csm):
    filters = PortfolioForm({}).cleaned()

    counted = portfolio.facets(Account.objects.all(), filters, viewer=csm, on=TODAY)

    assert (counted.total, counted.mrr, counted.counts["band"]) == (0, 0, {})


@pytest.mark.parametrize("query", ["?sort=-score", "?sort=score"])
def test_accounts_without_a_score_come_last(tenant, csm_client, query):
    with tenant_scope(tenant.pk):
        AccountFactory(name="None")
        AccountFactory(name="Some", score=5, band="red")

    assert names(csm_client, query) == ["Some", "None"]


def test_a_closed_portfolio_shows_a_csm_only_own_accounts(
    tenant, csm, sign_in, lead_client
):
    colleague = MembershipFactory(tenant=tenant).user
    tenant.is_portfolio_closed = True
    tenant.save()
    with tenant_scope(tenant.pk):
        mine = AccountFactory(name="Mine", owner=csm)
        AccountFactory(name="Theirs", owner=colleague)

    client = sign_in(csm)

    assert names(client) == ["Mine"]
    assert client.get(URL).context["facets"].total == 1
    assert names(lead_client) == ["Mine", "Theirs"]
    assert sign_in(colleague).get(f"{URL}{mine.pk}/").status_code == 404


def test_another_tenants_accounts_never_show(
    other_tenant, tenant, csm_client, stranger_client
):
    with tenant_scope(other_tenant.pk):
        theirs = AccountFactory(name="CANARY-7f3a", domain="canary-7f3a.example")
    with tenant_scope(tenant.pk):
        ours = AccountFactory(name="Ours")

    pages = ["", "?q=canary", "?owner=none", "export.csv", "views/"]
    bodies = [csm_client.get(URL + page).content for page in pages]

    # The words looked for come back in the page; the name does not.
    assert [b"CANARY" in body for body in bodies] == [False] * len(pages)
    assert csm_client.get(f"{URL}{theirs.pk}/").status_code == 404
    assert stranger_client.get(URL).status_code == 404
    assert stranger_client.get(f"{URL}{ours.pk}/").status_code == 404


def test_an_htmx_request_gets_the_rows_and_the_new_counts(tenant, csm_client):
    with tenant_scope(tenant.pk):
        AccountFactory(name="One")

    response = csm_client.get(URL, headers={"HX-Request": "true"})

    body = response.content.decode()
    assert ("<html" in body, 'id="rows"' in body) == (False, True)
    assert body.count('id="account-choices" hx-swap-oob="true"') == 1
    assert "HX-Request" in response["Vary"]


def test_names_are_escaped(tenant, csm_client):
    with tenant_scope(tenant.pk):
        AccountFactory(name="<script>alert(1)</script>", segment='"><img onerror=1>')

    body = csm_client.get(f"{URL}?cols=segment").content.decode()

    assert ("<script>alert" in body, "<img onerror" in body) == (False, False)
    assert body.count("&lt;script&gt;alert(1)") > 0


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_export_is_the_list_without_formulas(tenant, csm_client, kind):
    with tenant_scope(tenant.pk):
        AccountFactory(name="=1+1", external_id="b", score=50, band="amber")
        AccountFactory(name="@SUM(A1)", external_id="a")
        AccountFactory(name="Other", external_id="c", band="red", score=1)

    response = csm_client.get(f"{URL}export.{kind}?band=amber&band=unknown&sort=-score")

    assert response["Content-Disposition"].startswith("attachment")
    if kind == "xlsx":
        sheet = load_workbook(io.BytesIO(response.content)).active
        cells = [cell for row in sheet.iter_rows() for cell in row]
        assert "f" not in {cell.data_type for cell in cells}
        found = [row[1].value for row in sheet.iter_rows(min_row=2)]
    else:
        lines = response.content.decode("utf-8-sig").splitlines()[1:]
        found = [line.split(",")[1] for line in lines]
    assert found == ["'=1+1", "'@SUM(A1)"]


def test_export_knows_two_kinds(csm_client):
    assert csm_client.get(f"{URL}export.exe").status_code == 404


def hand_over(client, accounts, owner):
    data = {
        "accounts": [str(a.pk) for a in accounts],
        "owner": owner.pk,
        "query": "q=x",
    }
    return client.post(f"{URL}assignments/", data)


def test_a_lead_hands_accounts_over(tenant, csm, lead, lead_client):
    with tenant_scope(tenant.pk):
        accounts = AccountFactory.create_batch(3)

    responses = [hand_over(lead_client, accounts[:2], csm) for _ in range(2)]

    assert [r["Location"] for r in responses] == ["/t/acme/accounts/?q=x"] * 2
    with tenant_scope(tenant.pk):
        assert Account.objects.filter(owner=csm).count() == 2
        entries = AuditEntry.objects.filter(action="account.updated", by=lead)
        assert entries.count() == 2


def test_what_is_open_on_the_former_owners_list_goes_with_the_account(
    tenant, csm, lead, lead_client
):
    with tenant_scope(tenant.pk):
        former = MembershipFactory(tenant=tenant).user
        moves, stays = AccountFactory.create_batch(2, owner=former)
        for title, owner, account in (
            ("goes along", former, moves),
            ("of the lead", lead, moves),
            ("of another account", former, stays),
        ):
            create_task(
                kind="x", title=title, owner=owner, due_on=TODAY, account=account
            )
        done = create_task(
            kind="x", title="done", owner=former, due_on=TODAY, account=moves
        )
        close_task(done, by=former)
        open_alert(kind="x", subject="x", title="alert", owner=former, account=moves)

    hand_over(lead_client, [moves], csm)

    with tenant_scope(tenant.pk):
        assert dict(Task.objects.values_list("title", "owner")) == {
            "goes along": csm.pk,
            "of the lead": lead.pk,
            "of another account": former.pk,
            "done": former.pk,
        }
        assert Alert.objects.get().owner == csm


def test_only_those_who_lead_hand_accounts_over(
    tenant, csm, csm_client, viewer_client, stranger_client
):
    with tenant_scope(tenant.pk):
        account = AccountFactory()

    clients = (csm_client, viewer_client, stranger_client)
    assert [hand_over(c, [account], csm).status_code for c in clients] == [404] * 3
    with tenant_scope(tenant.pk):
        assert Account.objects.get().owner is None


def test_accounts_go_only_to_members(tenant, lead_client, stranger):
    with tenant_scope(tenant.pk):
        account = AccountFactory()

    assert hand_over(lead_client, [account], stranger).status_code == 302
    with tenant_scope(tenant.pk):
        assert Account.objects.get().owner is None


def save_view(client, name="Red", **more):
    return client.post(f"{URL}views/", {"name": name, "query": "band=red"} | more)


def views(client):
    return [view.name for view in client.get(URL).context["views"]]


def test_saved_views_are_mine_or_the_teams(
    tenant, csm_client, lead_client, stranger_client
):
    save_view(csm_client, "Mine")
    save_view(csm_client, "Ours", is_shared="on")

    assert views(csm_client) == ["Mine", "Ours"]
    assert views(lead_client) == ["Ours"]
    assert save_view(stranger_client).status_code == 404


def test_a_view_name_is_taken_once(tenant, csm_client):
    for _ in range(2):
        assert save_view(csm_client)["Location"] == "/t/acme/accounts/?band=red"

    with tenant_scope(tenant.pk):
        assert SavedView.objects.count() == 1


def test_a_view_is_removed_by_who_made_it(tenant, csm_client, lead_client):
    save_view(csm_client, is_shared="on")
    with tenant_scope(tenant.pk):
        view = SavedView.objects.get()
    url = f"{URL}views/{view.pk}/removal/"

    statuses = [client.post(url).status_code for client in (lead_client, csm_client)]

    assert statuses == [404, 302]
    with tenant_scope(tenant.pk):
        assert SavedView.objects.count() == 0


def test_the_day_is_the_tenants(tenant, csm_client):
    tenant.timezone = "Asia/Almaty"
    tenant.save()
    with tenant_scope(tenant.pk):
        AccountFactory(name="Tomorrow in London", decides_on=date(2026, 5, 22))

    with time_machine.travel(datetime(2026, 5, 20, 22, tzinfo=UTC), tick=False):
        assert names(csm_client, "?decides=1") == ["Tomorrow in London"]


def test_a_viewer_keeps_views_and_shares_none(
    tenant, viewer, csm, viewer_client, csm_client
):
    asked = {"name": "Red", "query": "band=red", "is_shared": "on"}

    for client in (viewer_client, csm_client):
        client.post(f"{URL}views/", asked)

    with tenant_scope(tenant.pk):
        kept = dict(SavedView.objects.values_list("user", "is_shared"))
        assert kept == {viewer.pk: False, csm.pk: True}


def test_the_arrow_speaks_of_the_week_and_of_four(tenant, csm_client):
    with tenant_scope(tenant.pk):
        AccountFactory(
            score=70,
            band="amber",
            score_change_7d=0,
            score_change_28d=-20,
            direction="falling",
        )

    page = csm_client.get(URL).text

    assert "0 in 7 days, −20 in 28 days: falling" in page
    assert ">0 / −20<" in page


def test_a_judged_score_has_the_computed_one_beside_it(tenant, csm_client):
    with tenant_scope(tenant.pk):
        account = AccountFactory(score=70, band="amber", is_overridden=True)
        SnapshotFactory(account=account, score=70, computed=40)

    page = csm_client.get(URL).text
    assert "A person&#x27;s judgement; computed: 40" in page
    assert '<span class="health-computed" aria-hidden="true">computed 40</span>' in page


def test_a_falling_75_stands_before_a_rising_65(tenant, csm_client):
    with tenant_scope(tenant.pk):
        AccountFactory(name="Rising 65", score=65, attention=86)
        AccountFactory(name="Falling 75", score=75, attention=54)

    rows = csm_client.get(f"{URL}?sort=attention").context["rows"]

    assert [row["name"] for row in rows] == ["Falling 75", "Rising 65"]
