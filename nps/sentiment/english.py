"""English: VADER's lexicon and rules, with the words of business software added."""

from functools import lru_cache

from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

NAME = "vader"
# VADER learnt from social media; what it does not know, or takes for nothing, of tools
# and services. On its scale, -4 to 4.
TRADE = {
    2.2: "seamless seamlessly flawless flawlessly effortless effortlessly superb",
    1.8: "intuitive reliable responsive convenient knowledgeable user-friendly",
    1.5: "fast faster quick quicker quickly easier simple simpler straightforward"
    " stable timely affordable flexible accurate tidy saves recommended",
    -1.2: "manually workaround workarounds waiting waited unclear lacks lacking missing"
    " incomplete outdated limited alternative competitor competitors pricey unfinished",
    -1.6: "bug bugs glitch glitches lag lags laggy slow slower slowly slowness expensive"
    " costly complicated cumbersome clunky clumsy tedious timeout timeouts hang hangs"
    " freeze freezes freezing froze outdated unintuitive inaccurate inconvenient"
    " delay delays delayed downgrade regression impossible",
    -2.2: "buggy crash crashes crashed crashing broken breaks outage outages downtime"
    " unstable unreliable unresponsive overpriced unusable incompetent rubbish",
}


def read(text: str) -> float | None:
    """VADER's compound, -1 to 1."""
    return float(_reader().polarity_scores(text)["compound"])


@lru_cache(1)
def _reader():
    reader = SentimentIntensityAnalyzer()
    for weight, words in TRADE.items():
        reader.lexicon.update(dict.fromkeys(words.split(), weight))
    return reader
