import json

from django.db import connection

from cs_platform.lib import clock
from cs_platform.lib.ids import uuid7
from tenants.scoping import current_tenant_id

_APPEND = """
    INSERT INTO accounts_touch (id, tenant_id, created_at, account_id, reason)
    SELECT t.id, %s, %s, t.account, %s
    FROM json_to_recordset(%s) AS t(id uuid, account uuid)
"""


def touch(account_ids, *, reason: str):
    """Say that facts of these accounts changed; health claims it and scores again.

    Call it in the transaction of the fact. Appends a row for each account, so that two
    writers never wait for each other; running it twice scores twice, which is harmless.
    One statement, whose cost is that of the rows: a roll-up touches thousands.
    """
    pairs = [(str(uuid7()), str(pk)) for pk in sorted(set(account_ids))]
    if not pairs:
        return
    rows = json.dumps([{"id": id_, "account": account} for id_, account in pairs])
    with connection.cursor() as cursor:
        cursor.execute(_APPEND, [current_tenant_id(), clock.now(), reason, rows])
