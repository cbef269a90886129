from nps.services.answering import answer_invitation, answer_unknown, say_why
from nps.services.responding import Answer, hear, record_response, record_responses
from nps.services.scheduling import ask_customers

__all__ = [
    "Answer",
    "answer_invitation",
    "answer_unknown",
    "ask_customers",
    "hear",
    "record_response",
    "record_responses",
    "say_why",
]
