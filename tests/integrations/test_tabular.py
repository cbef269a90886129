import pytest

from integrations.tabular import BadTable, Shape, decode, inspect, rows

TABLE = "id;имя\n1;Ёлка\n2;Дом\n"


@pytest.mark.parametrize(
    ("content", "shape"),
    [
        (b"id,name\n1,a\n", Shape("utf-8", ",", ["id", "name"], 1)),
        (b"\xef\xbb\xbfid\tname\r\n1\ta\r\n", Shape("utf-8", "\t", ["id", "name"], 1)),
        (TABLE.encode(), Shape("utf-8", ";", ["id", "имя"], 2)),
        (TABLE.encode("cp1251"), Shape("windows-1251", ";", ["id", "имя"], 2)),
        (b'id,"a;b;c"\n1,2\n\n , \n', Shape("utf-8", ",", ["id", "a;b;c"], 1)),
    ],
)
def test_inspect_finds_the_shape(content, shape):
    assert inspect(content) == shape


@pytest.mark.parametrize(
    ("content", "code", "line"),
    [
        (b"", "empty", 1),
        (b" \n ", "empty", 1),
        (b"PK\x03\x04rest", "excel", 1),
        (b"id,name\n1,a\x00b\n", "binary", 2),
        (b"id,name\n", "no_rows", 1),
        (b"id,,name\n1,2,3\n", "nameless_column", 1),
        (b"id,name,id\n1,2,3\n", "column_twice", 1),
        (b"id,name\n1,a\n2,\x81\x98\xff\n", "encoding", 3),
        (b"id,name\n1," + b"x" * 20_001 + b"\n", "cell_too_long", 2),
        (b"id,name\n" + b"1,a\n" * 100_001, "too_many_rows", 100_002),
        (b",".join(b"c%d" % n for n in range(201)) + b"\n1\n", "too_many_columns", 1),
    ],
)
def test_inspect_says_in_which_line_and_why(content, code, line):
    with pytest.raises(BadTable) as caught:
        inspect(content)

    assert (caught.value.code, caught.value.line) == (code, line)


def test_a_named_encoding_that_is_wrong_names_its_line():
    with pytest.raises(BadTable) as caught:
        decode("a\nb\nЁ".encode("cp1251"), "utf-8")

    assert (caught.value.code, caught.value.line) == ("encoding", 3)


def test_a_row_knows_the_line_it_begins_on():
    text = 'id,name\n1,"two\nlines"\n\n3,c,d\n4\n'

    found = [(row.line, row.wrong_width) for row in rows(text, ",", ["id", "name"])]

    assert found == [(2, None), (5, 3), (6, 1)]
