import pytest

from usage.identity import Link, resolve


@pytest.mark.parametrize(
    ("links", "persons"),
    [
        ([], {}),
        ([("a", "u", 1)], {"a": "u", "u": "u"}),
        ([("a", "b", 1), ("b", "c", 2)], {"a": "c", "b": "c", "c": "c"}),
        ([("a", "a", 1)], {}),
        ([("a", "b", 1), ("b", "a", 2)], {"a": "b", "b": "b"}),
        ([("a", "b", 2), ("b", "a", 1)], {"a": "a", "b": "a"}),
        (
            [("x", "a", 9), ("a", "b", 1), ("b", "c", 3), ("c", "a", 2)],
            dict.fromkeys("xabc", "b"),
        ),
        ([("a", "u", 1), ("b", "v", 1)], {"a": "u", "u": "u", "b": "v", "v": "v"}),
    ],
)
def test_every_id_is_followed_to_its_person(links, persons):
    assert resolve(Link(*link) for link in links) == persons
    assert resolve(Link(*link) for link in reversed(links)) == persons
