from django.utils.translation import gettext_lazy as _

from messaging import queries
from messaging.models import Channel, Message, Preference
from messaging.services import announce, recall


def tell(to, **fields):
    defaults = {"kind": "renewal.urgent", "subject": "Decide", "unique_key": "fact:1"}
    announce(to=to, **defaults | fields)


def states():
    return sorted(Message.objects.values_list("recipient", "channel", "state"))


def test_announce_tells_each_by_both_channels(in_tenant, csm, lead):
    tell([csm, lead, csm, None])

    assert states() == [
        (csm.pk, "email", "waiting"),
        (csm.pk, "in_app", "sent"),
        (lead.pk, "email", "waiting"),
        (lead.pk, "in_app", "sent"),
    ]


def test_announce_twice_tells_once(in_tenant, csm):
    tell(csm)
    tell(csm, subject="Decide now")

    assert set(Message.objects.values_list("subject", flat=True)) == {"Decide"}
    assert Message.objects.count() == 2


def test_announce_keeps_to_preferences(in_tenant, csm):
    Preference.objects.create(
        user=csm, kind="renewal", channel=Channel.EMAIL, is_wanted=False
    )

    tell(csm)
    tell(csm, kind="health.fell", unique_key="fact:2")

    assert states() == [
        (csm.pk, "email", "waiting"),
        (csm.pk, "in_app", "sent"),
        (csm.pk, "in_app", "sent"),
    ]


def test_announce_says_a_lazy_text_in_the_language_of_each(in_tenant, csm, lead):
    csm.language = "ru"

    tell([csm, lead], subject=_("Monday"))

    subjects = Message.objects.filter(channel="email").order_by("recipient")
    assert list(subjects.values_list("subject", flat=True)) == [
        "понедельник".capitalize(),
        "Monday",
    ]


def test_recall_takes_back_what_is_not_delivered(in_tenant, csm, lead):
    tell([csm, lead])
    tell([csm], unique_key="fact:10")
    Message.objects.filter(recipient=lead, channel="email").update(state="sent")

    recall(["fact:1"])

    about_one = Message.objects.filter(unique_key__startswith="fact:1:")
    assert sorted(about_one.values_list("recipient", "channel", "state")) == [
        (csm.pk, "email", "recalled"),
        (csm.pk, "in_app", "recalled"),
        (lead.pk, "email", "sent"),
        (lead.pk, "in_app", "recalled"),
    ]
    assert Message.objects.filter(state="recalled").count() == 3


def test_unread_count_is_of_the_person_in_the_app(in_tenant, csm, lead):
    tell([csm, lead])

    assert queries.unread_count(csm) == 1
