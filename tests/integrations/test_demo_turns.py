"""The changes of the demo's contracts fit its books."""

from datetime import date

from accounts.models import ContractChange
from accounts.services import ACCOUNTS, CONTRACTS, save_items
from integrations.services.demo import facts, story
from integrations.services.demo.cast import STAGES
from integrations.services.demo.turns import turns

TODAY = date(2026, 5, 4)


def test_some_who_thrive_buy_more_seats_in_the_middle_of_a_term(in_tenant):
    stage = next(one for one in STAGES if one.currency == "USD")
    companies = story.companies(stage, TODAY)
    told = [turn for one in companies for turn in turns(one, stage, TODAY)]
    accounts = [facts.account(one, stage, TODAY) | {"owner": None} for one in companies]
    contracts = [c for one in companies for c in facts.contracts(one, stage, TODAY)]

    changes = save_items(ACCOUNTS, accounts) + save_items(CONTRACTS, contracts + told)

    assert [change.errors for change in changes if change.errors] == []
    assert ContractChange.objects.count() == len(told) > 0
