from cs_platform.lib.drawing import sparkline


def test_sparkline_scales_from_zero_to_the_highest():
    drawn = sparkline([0, 5, 10])

    assert drawn.line == "M2 22L48 12L94 2"
    assert drawn.area == "M2 22L48 12L94 2L94 22L2 22Z"
    assert drawn.last == (94.0, 2.0)


def test_sparkline_breaks_where_nothing_is_known():
    drawn = sparkline([4, None, 2, 4])

    assert drawn.line == "M2 2L2.1 2M63.3 12L94 2"
    assert drawn.area == "M63.3 12L94 2L94 22L63.3 22Z"


def test_sparkline_of_nothing_is_nothing():
    assert [(d.line, d.area, d.last) for d in (sparkline([]), sparkline([None]))] == [
        ("", "", None),
        ("", "", None),
    ]


def test_sparkline_of_one_value_or_of_zeros_stands_on_the_ground():
    assert sparkline([0, 0]).line == "M2 22L94 22"
    assert sparkline([7]).last == (2.0, 2.0)
