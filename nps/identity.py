"""Who the person in front of a snippet is, as the workspace's own server signed it."""

import hashlib
import hmac
from datetime import datetime, timedelta

# A signature on a page of the product is seen by the person: it is good for a day.
GOOD_FOR = timedelta(days=1)
# Clocks of servers differ.
AHEAD = timedelta(minutes=5)


def signature_of(secret: str, account: str, contact: str, at: int) -> str:
    """Hex of HMAC-SHA256 over account, contact and the Unix time, a line each."""
    said = f"{account}\n{contact}\n{at}".encode()
    return hmac.new(secret.encode(), said, hashlib.sha256).hexdigest()


def is_signed(
    secret: str, *, account: str, contact: str, at: int, signature: str, now: datetime
) -> bool:
    """Whether the workspace said so, and today. Without a secret nobody can."""
    if not secret or "\n" in account or "\n" in contact:
        return False
    right = signature_of(secret, account, contact, at)
    is_right = hmac.compare_digest(right.encode(), signature.encode())
    age = now.timestamp() - at
    return is_right and -AHEAD.total_seconds() <= age <= GOOD_FOR.total_seconds()
