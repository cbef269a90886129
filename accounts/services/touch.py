from accounts.models import Touch


def touch(account_ids, *, reason: str):
    """Say that facts of these accounts changed; health claims it and scores again.

    Call it in the transaction of the fact. Appends a row for each account, so that two
    writers never wait for each other; running it twice scores twice, which is harmless.
    """
    Touch.objects.bulk_create(
        Touch(account_id=pk, reason=reason) for pk in sorted(set(account_ids))
    )
