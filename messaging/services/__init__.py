from messaging.services.announcing import announce, recall

__all__ = ["announce", "recall"]
