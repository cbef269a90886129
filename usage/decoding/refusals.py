"""Why a whole request, or one message of it, cannot be taken in."""


class Refused(Exception):
    """The request as a whole: an HTTP status, a code and a sentence."""

    def __init__(self, status, code, message):
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


class Bad(Exception):
    """One message: it goes to the quarantine with this code and sentence."""

    def __init__(self, code, message):
        super().__init__(message)
        self.code, self.message = code, message
