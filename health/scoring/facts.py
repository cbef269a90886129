from datetime import datetime
from typing import NamedTuple


class Facts(NamedTuple):
    """What is known of one account at an instant; None and 0 tell apart.

    None means that nothing was ever heard, 0 that we looked and there was none.
    """

    at: datetime
    # Days with usage and people active in the card's windows. None: no event ever.
    usage_days: int | None = None
    active_users: int = 0
    usage_as_of: datetime | None = None
    # The tenant's sources were silent for too long: what is missing may just be late.
    is_usage_stale: bool = False
    # Bought under the contracts in force; None: no contract names a number.
    seats: int | None = None
    # Tickets of any severity, ever; of the critical ones those open now.
    has_tickets: bool = False
    critical_open: int = 0
    critical_since: datetime | None = None
    tickets_as_of: datetime | None = None
    nps: int | None = None
    nps_at: datetime | None = None
    # Bills that came due or were paid in the card's window, and unpaid ones past due.
    bills: int = 0
    bills_late: int = 0
    bills_as_of: datetime | None = None

    @property
    def is_anything_known(self) -> bool:
        """Whether a customer left any trace that says something about their health.

        A contract alone does not: it was there before the first day.
        """
        return (
            self.usage_days is not None
            or self.has_tickets
            or self.nps is not None
            or self.bills > 0
        )
