from nps.services.answering import answer_invitation, answer_unknown, say_why
from nps.services.responding import Answer, hear, record_response, record_responses

__all__ = [
    "Answer",
    "answer_invitation",
    "answer_unknown",
    "hear",
    "record_response",
    "record_responses",
    "say_why",
]
