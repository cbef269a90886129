"""What customers of a demo workspace miss, what they are lost for, and what is offered."""

import random
from decimal import Decimal

from accounts.models import Account, FeatureRequest
from accounts.services import ask_for_feature
from renewals.models import Offer, Renewal
from renewals.models import Stage as Step
from renewals.offering.pricing import Line
from renewals.queries.offers import template, wording_in
from renewals.services import (
    change_offer,
    draft_offer,
    keep_template,
    keep_wording,
    lines_of,
    send_offer,
)

MISSED = {
    "en": ("1C integration", "Export to Excel", "Single sign-on", "Mobile app"),
    "ru": (
        "Интеграция с 1С",
        "Выгрузка в Excel",
        "Единый вход",
        "Мобильное приложение",
    ),
}
# The first is named most, as in life.
WEIGHTS = (5, 3, 2, 2)
WHICH = {
    "en": {
        "competitor": ("Rival CRM", "In-house tool"),
        "price": ("Rise at renewal",),
        "service": ("Slow answers of support",),
        "business": ("Bought by another company", "Closed the branch"),
        "budget": ("Cut in all departments",),
    },
    "ru": {
        "competitor": ("Другая CRM", "Своя разработка"),
        "price": ("Рост цены при продлении",),
        "service": ("Медленные ответы поддержки",),
        "business": ("Компанию купили", "Закрыли филиал"),
        "budget": ("Сокращение во всех отделах",),
    },
}
ONBOARDING = {"en": "Training of new people", "ru": "Обучение новых сотрудников"}
SIGNATURE = {
    "en": "Your customer success manager",
    "ru": "Ваш менеджер по успеху клиентов",
}
SENT, VOTERS = 4, 0.2


def which_of(reason: str, seed: int, language: str) -> tuple[str, ...]:
    """What exactly a customer was lost for."""
    draw = random.Random(seed ^ 31)
    if reason == "features":
        return tuple(draw.choices(MISSED[language], WEIGHTS))
    return (draw.choice(WHICH[language][reason]),)


def propose(stage, tenant, today) -> None:
    """Votes for what is missed, the template, and offers in the last stages."""
    _ask(stage.language)
    by = tenant.memberships.filter(role="lead").first().user
    look = template()
    look.company = stage.name
    keep_template(look, by=by)
    words = wording_in(stage.language)
    words.signature = f"{SIGNATURE[stage.language]}\n{stage.name}"
    keep_wording(words, by=by)
    deals = Renewal.objects.in_pipeline().filter(
        stage__in=(Step.NEGOTIATION, Step.APPROVAL)
    )
    for renewal in deals.order_by("ends_on")[:SENT]:
        _offer(renewal, stage.language, renewal.owner or by, today)


def _ask(language):
    for account in Account.objects.order_by("external_id"):
        draw = random.Random(f"asks {account.external_id}")
        if draw.random() < VOTERS:
            title = draw.choices(MISSED[language], WEIGHTS)[0]
            ask_for_feature(title, account=account, by=account.owner)
    planned = FeatureRequest.objects.filter(title=MISSED[language][1])
    planned.update(state=FeatureRequest.State.PLANNED)


def _offer(renewal, language, by, today):
    if Offer.objects.filter(renewal=renewal).exists():
        return
    offer = draft_offer(renewal, by=by, on=today)
    extra = Line(ONBOARDING[language], Decimal(1), Decimal(450), period="once")
    offer = change_offer(
        offer, lines=[*lines_of(offer), extra], revision=offer.revision
    )
    send_offer(offer, revision=offer.revision, by=by, on=today)
