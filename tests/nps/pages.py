"""The results with all their parts, as a browser puts them together."""

RESULTS = "/t/acme/surveys/results/"
PARTS = ("rates", "trend", "words")


def whole(client, query=None) -> dict:
    """What the page and each of its parts were drawn from."""
    found: dict = {}
    for address in (RESULTS, *(f"{RESULTS}parts/{part}/" for part in PARTS)):
        context = client.get(address, query).context
        drawn = {name: value for part in context[0] for name, value in part.items()}
        found |= {name: drawn[name] for name in drawn if name not in found}
    return found
