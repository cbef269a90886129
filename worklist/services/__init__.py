from worklist.services.alerts import (
    acknowledge_alert,
    heal_alerts,
    open_alert,
    resolve_alert,
)
from worklist.services.escalating import escalate_alerts, set_escalation
from worklist.services.handing import hand_over_accounts
from worklist.services.tasks import (
    change_task,
    close_task,
    create_task,
    dismiss_tasks,
    explain_tasks,
    reopen_task,
)

__all__ = [
    "acknowledge_alert",
    "change_task",
    "close_task",
    "create_task",
    "dismiss_tasks",
    "escalate_alerts",
    "explain_tasks",
    "hand_over_accounts",
    "heal_alerts",
    "open_alert",
    "reopen_task",
    "resolve_alert",
    "set_escalation",
]
