from django.apps import AppConfig


class NpsConfig(AppConfig):
    name = "nps"

    def ready(self):
        from messaging.letters import CORRESPONDENCES, Correspondence
        from nps.queries.hours import opens_at
        from nps.queries.letters import INVITATION, REMINDER, letter_of
        from nps.queries.samples import SAMPLE, sample_letter
        from nps.services.posting import note_sent, take_back_letter

        own = Correspondence(
            write=letter_of,
            held_until=opens_at,
            sent=note_sent,
            ended=take_back_letter,
        )
        # A test has no consequence, whether it arrives or not: its reader sees that.
        sample = Correspondence(
            write=sample_letter,
            held_until=lambda message, at: None,
            sent=lambda message: None,
            ended=lambda message, end: None,
        )
        CORRESPONDENCES.update({INVITATION: own, REMINDER: own, SAMPLE: sample})
