"""How people of a demo workspace fill the checklists of their deals."""

import random

from renewals.checklist import RISK_PLAN
from renewals.services import GapsRemain, move_renewal, plan_risk, tick_item
from tenants.models import User
from worklist.queries import team

SKIPPED = 0.15  # of the moves go on with gaps, and say why
EVIDENCE = {
    "en": {
        "health_check": "Went through the score and its reasons with support.",
        "qbr": "Held online with their operations lead.",
        "decision_maker": "Called the director: the budget is confirmed.",
        "offer": "Offer sent as a PDF, valid for 30 days.",
        "documents": "contract-signed.pdf",
    },
    "ru": {
        "health_check": "Разобрали оценку и её причины с поддержкой.",
        "qbr": "Прошла онлайн с руководителем операций.",
        "decision_maker": "Звонок директору: бюджет подтверждён.",
        "offer": "Предложение отправлено в PDF, действует 30 дней.",
        "documents": "dogovor-podpisan.pdf",
    },
}
REASON = {
    "en": "They asked for the terms at once; we make up for it next week.",
    "ru": "Просили условия сразу; остальное сделаем на следующей неделе.",
}
RISK = {
    "en": ("Use has fallen for a month", "A rescue call with both directors."),
    "ru": ("Использование падает месяц", "Звонок двух директоров и план спасения."),
}


def walk(renewal, stage, *, by, at, language) -> None:
    """Move a deal on: most fill its checklist first, some say why they do not."""
    draw = random.Random(f"{renewal.contract_id} {stage}")
    lead = team().leads_of(by)[0]
    try:
        move_renewal(renewal, stage=stage, by=by, at=at)
    except GapsRemain as found:
        if draw.random() > SKIPPED:
            _fill(renewal, found.missing, by, at, language)
            move_renewal(renewal, stage=stage, by=by, at=at)
        else:
            move_renewal(
                renewal,
                stage=stage,
                by=lead,
                at=at,
                reason=REASON[language],
                is_lead=True,
            )


def _fill(renewal, missing, by: User, at, language) -> None:
    for state in missing:
        if state.item.key == RISK_PLAN:
            problem, plan = RISK[language]
            plan_risk(
                renewal,
                problem=problem,
                plan=plan,
                owner=by,
                due_on=renewal.decides_on,
                by=by,
            )
        else:
            words = EVIDENCE[language].get(state.item.key, state.item.title)
            tick_item(renewal, key=state.item.key, evidence=str(words), by=by, at=at)
