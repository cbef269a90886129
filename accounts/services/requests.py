"""What customers miss in the product, and who of them misses it."""

from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Lower

from accounts.models import FeatureRequest, FeatureVote


@transaction.atomic
def ask_for_feature(title: str, *, by=None, account=None, words="") -> FeatureRequest:
    """The feature request of that title, new or known (case does not matter), with the
    account's vote for it. Running it twice changes nothing.
    """
    title = " ".join(title.split())
    FeatureRequest.objects.bulk_create(
        [FeatureRequest(title=title, asked_by=by)], ignore_conflicts=True
    )
    asked = FeatureRequest.objects.alias(plain=Lower("title"))
    request = asked.get(plain=Lower(Value(title)))
    if account is not None:
        vote_for(request, account, by=by, words=words)
    return request


def vote_for(request, account, *, by=None, words="") -> FeatureVote:
    """Count the account among those who miss it; one vote an account.

    Words replace the earlier ones; without any the earlier stay.
    """
    vote, is_new = FeatureVote.objects.get_or_create(
        request=request, account=account, defaults={"by": by, "words": words}
    )
    if not is_new and words and words != vote.words:
        vote.words, vote.by = words, by
        vote.save(update_fields=["words", "by"])
    return vote


def withdraw_vote(request, account) -> bool:
    """The account misses it no more; tells whether it did."""
    deleted, _rows = FeatureVote.objects.filter(
        request=request, account=account
    ).delete()
    return deleted > 0
