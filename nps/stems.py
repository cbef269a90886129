"""Words without their endings, English and Russian, each by its letters."""

import threading
from functools import lru_cache

import snowballstemmer

# A stemmer keeps the word it works on: one for each thread.
_own = threading.local()


@lru_cache(50_000)
def stem(word: str) -> str:
    """Of a word in lower case, with е for ё."""
    if not hasattr(_own, "english"):
        _own.english = snowballstemmer.stemmer("english")
        _own.russian = snowballstemmer.stemmer("russian")
    stemmer = _own.russian if word[:1] > "z" else _own.english
    return stemmer.stemWord(word)
