"""What people of a demo workspace foretell, week by week, and what is written down."""

import random
from datetime import date, timedelta
from decimal import Decimal

from cs_platform.lib import clock
from integrations.services.demo.cast import Stage
from integrations.services.demo.story import Company
from renewals.forecasting.quarter import monday_of
from renewals.models import Category, ForecastCall, Level, Renewal
from renewals.services import call_renewal, take_forecast
from tenants.models import Role, Tenant
from tenants.scoping import tenant_scope

# In days before the decision: when a CSM, and then the lead, says what comes of it.
CSM_SAYS, LEAD_SAYS = 70, 35


def foretell(
    stage: Stage, tenant: Tenant, known: dict[str, Company], day: date, today: date, at
) -> None:
    """The calls of one day, and the forecast of its week."""
    with tenant_scope(tenant.pk):
        lead = tenant.memberships.get(role=Role.LEAD).user
        called = set(ForecastCall.objects.values_list("renewal_id", "level"))
        deals = Renewal.objects.in_pipeline().select_related("account", "owner")
        for renewal in deals.order_by("decides_on", "pk"):
            company = known[renewal.account.external_id]
            draw = random.Random(f"{company.seed} {renewal.ends_on}")
            left = (renewal.decides_on - day).days
            sure = company.mood(day, today) + draw.uniform(-0.2, 0.2)
            for level, days, by in (
                (Level.CSM, CSM_SAYS, renewal.owner),
                (Level.LEAD, LEAD_SAYS, lead),
            ):
                is_new = (renewal.pk, level) not in called
                if is_new and left <= days and draw.random() < 0.8:
                    doubt = 0.15 if level == Level.LEAD else 0
                    said = _category(sure - doubt)
                    amount = _amount(renewal, draw)
                    call_renewal(
                        renewal, level=level, category=said, amount=amount, by=by, at=at
                    )
        monday = monday_of(day)
        morning = clock.start_of(monday, tenant.timezone) + timedelta(minutes=5)
        take_forecast(monday, at=morning)


def _category(sure):
    borders = (
        (0.75, Category.COMMIT),
        (0.5, Category.LIKELY),
        (0.3, Category.POSSIBLE),
    )
    return next((word for least, word in borders if sure >= least), Category.OUT)


def _amount(renewal, draw):
    """Most speak of what is paid now; some hope for more, or fear less."""
    if draw.random() < 0.7:
        return None
    share = Decimal(draw.choice(("0.8", "0.9", "1.1", "1.25")))
    return (renewal.amount * share).quantize(Decimal(1))
