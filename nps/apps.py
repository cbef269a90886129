from django.apps import AppConfig


class NpsConfig(AppConfig):
    name = "nps"

    def ready(self):
        from messaging.letters import CORRESPONDENCES, Correspondence
        from nps.queries.letters import INVITATION, REMINDER, letter_of
        from nps.queries.samples import SAMPLE, sample_letter
        from nps.services.stopping import take_back_letter

        own = Correspondence(write=letter_of, ended=take_back_letter)
        # A test that does not arrive has no consequence: its reader sees that.
        sample = Correspondence(
            write=sample_letter, ended=lambda message, is_gone: None
        )
        CORRESPONDENCES.update({INVITATION: own, REMINDER: own, SAMPLE: sample})
