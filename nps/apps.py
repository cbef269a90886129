from django.apps import AppConfig


class NpsConfig(AppConfig):
    name = "nps"

    def ready(self):
        from messaging.letters import CORRESPONDENCES, Correspondence
        from nps.queries.letters import INVITATION, REMINDER, letter_of
        from nps.services.stopping import take_back_letter

        own = Correspondence(write=letter_of, ended=take_back_letter)
        CORRESPONDENCES.update({INVITATION: own, REMINDER: own})
