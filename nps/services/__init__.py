from nps.services.answering import answer_invitation, answer_unknown, say_why
from nps.services.chasing import chase, escalate_late, follow_up_rest
from nps.services.following import follow_up, reopen, reply
from nps.services.hearing import hear
from nps.services.keeping import keep_settings, keep_survey
from nps.services.responding import Answer, record_response, record_responses
from nps.services.scheduling import ask_customers
from nps.services.sharing import link_to, replace_links
from nps.services.snippets import invite_by_snippet, snippet_secret
from nps.services.stopping import ask_again, stop_asking
from nps.services.switching import (
    NothingToAsk,
    NotOn,
    send_survey,
    switch_off,
    switch_on,
)
from nps.services.tagging import tag
from nps.services.trying import send_sample

__all__ = [
    "Answer",
    "NotOn",
    "NothingToAsk",
    "answer_invitation",
    "answer_unknown",
    "ask_again",
    "ask_customers",
    "chase",
    "escalate_late",
    "follow_up",
    "follow_up_rest",
    "hear",
    "invite_by_snippet",
    "keep_settings",
    "keep_survey",
    "link_to",
    "record_response",
    "record_responses",
    "reopen",
    "replace_links",
    "reply",
    "say_why",
    "send_sample",
    "send_survey",
    "snippet_secret",
    "stop_asking",
    "switch_off",
    "switch_on",
    "tag",
]
