from drf_spectacular.checks import schema_check


def test_the_schema_is_served_without_a_workspace(db, visitor_client):
    description = visitor_client.get("/api/v1/schema/").json()

    assert description["openapi"] == "3.1.0"
    assert {path.split("/")[1] for path in description["paths"]} == {"api"}


def test_the_schema_knows_the_type_of_everything():
    assert schema_check(None) == []
