from qbr.services.attending import ask, say_who_came, take_off
from qbr.services.changing import cancel_review, change_agenda, change_review
from qbr.services.committing import (
    change_commitment,
    close_commitment,
    follow_tasks,
    promise,
    remind_of_commitments,
    remove_commitment,
)
from qbr.services.following import (
    close_without_letter,
    keep_summary,
    pursue_idea,
    send_summary,
    wish,
)
from qbr.services.goals import (
    close_goal,
    read_goal,
    read_goals_from_usage,
    save_goal,
    verify_goal,
)
from qbr.services.inviting import calendar_file, invite
from qbr.services.locking import Stale
from qbr.services.meeting import (
    StaleNote,
    hold_review,
    join_notes,
    run_part,
    strike_out,
    write_down,
    write_notes,
)
from qbr.services.owners import follow_owners
from qbr.services.planning import PeriodTaken, plan_review, plan_tenant
from qbr.services.preparing import tick
from qbr.services.setting import (
    forget_template,
    keep_sections,
    keep_template,
    set_planning,
)

__all__ = [
    "PeriodTaken",
    "Stale",
    "StaleNote",
    "ask",
    "calendar_file",
    "cancel_review",
    "change_agenda",
    "change_commitment",
    "change_review",
    "close_commitment",
    "close_goal",
    "close_without_letter",
    "follow_owners",
    "follow_tasks",
    "forget_template",
    "hold_review",
    "invite",
    "join_notes",
    "keep_sections",
    "keep_summary",
    "keep_template",
    "plan_review",
    "plan_tenant",
    "promise",
    "pursue_idea",
    "read_goal",
    "read_goals_from_usage",
    "remind_of_commitments",
    "remove_commitment",
    "run_part",
    "save_goal",
    "say_who_came",
    "send_summary",
    "set_planning",
    "strike_out",
    "take_off",
    "tick",
    "verify_goal",
    "wish",
    "write_down",
    "write_notes",
]
