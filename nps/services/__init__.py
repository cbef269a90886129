from nps.services.responding import Answer, record_response, record_responses

__all__ = ["Answer", "record_response", "record_responses"]
