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
from nps.services.snippets import invite_by_snippet, snippet_secret
from nps.services.stopping import ask_again, stop_asking

__all__ = [
    "Answer",
    "answer_invitation",
    "answer_unknown",
    "ask_again",
    "ask_customers",
    "escalate_late",
    "follow_up",
    "follow_up_rest",
    "hear",
    "invite_by_snippet",
    "record_response",
    "record_responses",
    "reopen",
    "reply",
    "say_why",
    "snippet_secret",
    "stop_asking",
]
