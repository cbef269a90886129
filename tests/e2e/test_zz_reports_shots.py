import pytest

from qbr.models import Report
from qbr.services import making
from tenants.scoping import tenant_scope
from tests.e2e.test_reports import acme  # noqa: F401

pytestmark=[pytest.mark.e2e]
def test_shots(acme, open_page):
    making.make_reports(acme.pk, seconds=60)
    with tenant_scope(acme.pk):
        frozen=Report.objects.exclude(frozen_at=None).get(); review=acme.report.review
    for width in (1440,390):
        for theme in ("light","dark"):
            for name,path in (("detail",f"/t/acme/reports/{acme.report.pk}/"),("frozen",f"/t/acme/reports/{frozen.pk}/"),("list","/t/acme/reports/"),("review",f"/t/acme/reviews/{review.pk}/")):
                if name in("list","review") and theme=="dark": continue
                page=open_page(path,width=width,theme=theme,storage_state=acme.state)
                page.wait_for_load_state("networkidle")
                page.screenshot(path=f"/work/scratch_report/shot-{name}-{width}-{theme}.png",full_page=True)
                print(name,width,theme,page.complaints,page.evaluate("document.documentElement.scrollWidth"))
                page.context.close()
    page=open_page(f"/r/{acme.token}/"); page.screenshot(path="/work/scratch_report/shot-public.png")
    page=open_page("/r/nonsense/"); page.screenshot(path="/work/scratch_report/shot-refused.png"); print(page.complaints)
