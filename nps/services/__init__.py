from nps.services.answering import answer_invitation, answer_unknown, say_why
from nps.services.following import (
    escalate_late,
    follow_up,
    follow_up_rest,
    reopen,
    reply,
)
from nps.services.hearing import hear
from nps.services.responding import Answer, record_response, record_responses
from nps.services.scheduling import ask_customers

__all__ = [
    "Answer",
    "answer_invitation",
    "answer_unknown",
    "ask_customers",
    "escalate_late",
    "follow_up",
    "follow_up_rest",
    "hear",
    "record_response",
    "record_responses",
    "reopen",
    "reply",
    "say_why",
]
