"""English: VADER's lexicon and rules, with the words of business software added."""

import re
from functools import lru_cache

from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

NAME = "vader"
# VADER learnt from social media; what it does not know, or takes for nothing, of tools
# and services. On its scale, -4 to 4.
TRADE = {
    2.5: "indispensable lifesaver favourite favorite",
    2.2: "seamless seamlessly flawless flawlessly effortless effortlessly superb",
    1.8: "intuitive reliable responsive convenient knowledgeable user-friendly snappy"
    " robust dependable hassle-free attentive proactive invaluable",
    1.5: "fast faster quick quicker quickly easier simple simpler straightforward"
    " stable timely affordable flexible accurate tidy saves recommended polished slick"
    " streamlined solved solves resolved",
    0.5: "help",
    # What such tools are called, and what people ask for, praises nothing.
    0: "support supports please share shared okay ok create alert alerts number excel"
    " feature security credit interest want",
    -1.2: "manually workaround workarounds waiting waited unclear lacks lacking missing"
    " incomplete outdated limited alternative competitor competitors pricey unfinished"
    " inconsistent rigid undocumented switching",
    -1.6: "bug bugs glitch glitches lag lags laggy slow slower slowly slowness expensive"
    " costly complicated cumbersome clunky clumsy tedious timeout timeouts hang hangs"
    " freeze freezes freezing froze outdated unintuitive inaccurate inconvenient"
    " delay delays delayed downgrade regression impossible confusing confused inflexible"
    " sluggish bloated flaky hassle headache unhelpful cancelling canceling unanswered",
    -2.2: "buggy crash crashes crashed crashing broken breaks outage outages downtime"
    " unstable unreliable unresponsive overpriced unusable incompetent rubbish"
    " overcharged half-baked nightmare",
}
# What several words say together, and not each by itself.
PHRASES = {
    2.5: "can't live without|cannot live without|couldn't live without"
    "|could not live without|couldn't be happier|could not be happier|second to none"
    "|game changer|life saver|never let us down|top notch",
    2: "pays for itself|paid for itself|no brainer|must have|spot on|just works"
    "|well done|keep it up|a breeze|peace of mind|works great|works well|a joy",
    1.5: "no problem|no problems|no issue|no issues|no complaint|no complaints"
    "|nothing to complain|can't complain|cannot complain|up to date|in one place"
    "|exactly what|everything we need|works as expected|keep up|picked it up|easy to"
    "|saves us|saved us",
    # A wish, or nothing said.
    0: "would be nice|would be great|would be good|would be useful|would be helpful"
    "|would love|would like|would help|no comment|no comments",
    -1.2: "by hand|too many|too much|too long|not enough|out of date|out of sync"
    "|went up again|price increase|prices went up|price went up",
    -1.8: "hard to|difficult to|struggle to|struggling to|unable to|not able to"
    "|nobody told|no one told|without warning|without any warning|without notice"
    "|takes forever|take forever|took forever|takes ages|takes too long|let down"
    "|lets us down|let us down|do nothing|does nothing|does not scale|doesn't scale"
    "|never answers|never answered|never answer|never replies|never replied",
    -2.2: "no help|no response|no reply|no answer|no support|nothing works|never works"
    "|does not work|doesn't work|do not work|don't work|did not work|didn't work"
    "|not working|stopped working|stops working|not worth|waste of",
}


def read(text: str) -> float | None:
    """VADER's compound, -1 to 1."""
    said = _phrases().sub(lambda found: _joined(found[0]), text.replace("’", "'"))
    return float(_reader().polarity_scores(said)["compound"])


@lru_cache(1)
def _reader():
    reader = SentimentIntensityAnalyzer()
    for weight, words in TRADE.items():
        reader.lexicon.update(dict.fromkeys(words.split(), weight))
    for weight, phrases in PHRASES.items():
        said = (_joined(phrase) for phrase in phrases.split("|"))
        reader.lexicon.update(dict.fromkeys(said, weight))
    return reader


@lru_cache(1)
def _phrases():
    """The longest first: "no comments" is not "no comment" with a letter."""
    every = sorted("|".join(PHRASES.values()).split("|"), key=len, reverse=True)
    return re.compile(rf"\b({'|'.join(map(re.escape, every))})\b", re.IGNORECASE)


def _joined(phrase: str) -> str:
    """As one word for VADER, which looks words up one by one."""
    return re.sub(r"[ ']", "_", phrase.lower())
