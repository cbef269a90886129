import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import cs_platform.lib.ids
import tenants.keys
from tenants.wall import OPS_GROUP, TENANT, TenantWall, wall_statements

TABLES = """
CREATE TABLE usage_event (
    tenant_id bigint NOT NULL,
    occurred_at timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    message_key uuid NOT NULL,
    source_id uuid NOT NULL,
    batch_id uuid NOT NULL,
    flags smallint NOT NULL,
    kind varchar(8) NOT NULL,
    message_id text NOT NULL,
    name text NOT NULL,
    user_ref text NOT NULL,
    anonymous_ref text NOT NULL,
    group_ref text NOT NULL,
    previous_ref text NOT NULL,
    properties jsonb NOT NULL,
    extra jsonb,
    -- The time first: the index grows at one end, not at random.
    PRIMARY KEY (tenant_id, occurred_at, message_key)
) PARTITION BY RANGE (occurred_at);
CREATE INDEX usage_event_batch ON usage_event (tenant_id, batch_id);
CREATE INDEX usage_event_user ON usage_event (tenant_id, user_ref, occurred_at)
    WHERE user_ref <> '';
CREATE INDEX usage_event_anonymous ON usage_event (tenant_id, anonymous_ref, occurred_at)
    WHERE anonymous_ref <> '';

CREATE TABLE usage_messagekey (
    tenant_id bigint NOT NULL,
    message_key uuid NOT NULL,
    generation integer NOT NULL,
    PRIMARY KEY (tenant_id, message_key, generation)
) PARTITION BY RANGE (generation);
"""

# The application owns nothing, and yet a message of a month nobody thought of needs a
# partition at once. So the owner lends these four functions: each can make or drop one
# partition of one table, named by a number, and nothing else. The partitions stand in a
# schema the application may not enter, behind the same wall as their parent.
PARTITIONS = f"""
CREATE SCHEMA IF NOT EXISTS usage_partitions;

CREATE FUNCTION usage_wall_partition(child regclass) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', child);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', child);
    EXECUTE format($p$CREATE POLICY tenant_wall ON %s
        USING (tenant_id = {TENANT}) WITH CHECK (tenant_id = {TENANT})$p$, child);
    EXECUTE format('CREATE POLICY ops_reads ON %s FOR SELECT TO {OPS_GROUP} USING (true)',
        child);
END $$;

CREATE FUNCTION usage_make_event_partition(first_day date) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp SET lock_timeout = '5s' AS $$
DECLARE
    -- Before 2015 one partition holds all: nobody can make us one for every month.
    is_ancient boolean := first_day < '2015-01-01';
    starts date := CASE WHEN is_ancient THEN '1970-01-01' ELSE date_trunc('month', first_day) END;
    ends date := CASE WHEN is_ancient THEN '2015-01-01' ELSE starts + interval '1 month' END;
    child text := 'event_' || to_char(starts, 'YYYYMM');
BEGIN
    IF first_day IS NULL OR first_day < '1970-01-01' OR first_day >= '2101-01-01' THEN
        RAISE EXCEPTION 'no partition for %', first_day USING ERRCODE = '22008';
    END IF;
    PERFORM pg_advisory_xact_lock(726301);
    IF to_regclass('usage_partitions.' || child) IS NOT NULL THEN
        RETURN false;
    END IF;
    -- Made beside, then attached: that does not wait for readers and writers.
    EXECUTE format('CREATE TABLE usage_partitions.%I (LIKE usage_event)', child);
    PERFORM usage_wall_partition(('usage_partitions.' || child)::regclass);
    EXECUTE format('ALTER TABLE usage_event ATTACH PARTITION usage_partitions.%I'
        ' FOR VALUES FROM (%L) TO (%L)', child, starts::timestamp AT TIME ZONE 'UTC',
        ends::timestamp AT TIME ZONE 'UTC');
    RETURN true;
END $$;

CREATE FUNCTION usage_drop_event_partition(first_day date) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp SET lock_timeout = '2s' AS $$
BEGIN
    IF first_day > now() - interval '60 days' THEN
        RAISE EXCEPTION '% is too young to be dropped', first_day USING ERRCODE = '22008';
    END IF;
    EXECUTE format('DROP TABLE IF EXISTS usage_partitions.%I',
        'event_' || to_char(first_day, 'YYYYMM'));
END $$;

CREATE FUNCTION usage_make_key_generation(generation integer) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp SET lock_timeout = '5s' AS $$
DECLARE
    today integer := floor(extract(epoch FROM now()) / 864000);
BEGIN
    IF generation IS NULL OR abs(generation - today) > 3 THEN
        RAISE EXCEPTION 'no generation %', generation USING ERRCODE = '22008';
    END IF;
    PERFORM pg_advisory_xact_lock(726301);
    IF to_regclass('usage_partitions.key_' || generation) IS NOT NULL THEN
        RETURN false;
    END IF;
    EXECUTE format('CREATE TABLE usage_partitions.%I (LIKE usage_messagekey)',
        'key_' || generation);
    PERFORM usage_wall_partition(('usage_partitions.key_' || generation)::regclass);
    EXECUTE format('ALTER TABLE usage_messagekey ATTACH PARTITION usage_partitions.%I'
        ' FOR VALUES FROM (%L) TO (%L)', 'key_' || generation, generation, generation + 1);
    RETURN true;
END $$;

CREATE FUNCTION usage_drop_key_generation(generation integer) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp SET lock_timeout = '2s' AS $$
BEGIN
    IF generation >= floor(extract(epoch FROM now()) / 864000) - 3 THEN
        RAISE EXCEPTION 'generation % is still asked', generation USING ERRCODE = '22008';
    END IF;
    EXECUTE format('DROP TABLE IF EXISTS usage_partitions.%I', 'key_' || generation);
END $$;

-- The months there are, for those who may not look into the schema.
CREATE FUNCTION usage_partition_names() RETURNS SETOF text
LANGUAGE sql STABLE AS $$
    SELECT child.relname::text FROM pg_inherits
    JOIN pg_class child ON child.oid = inhrelid
    WHERE inhparent IN ('usage_event'::regclass, 'usage_messagekey'::regclass)
    ORDER BY 1
$$;
"""

# One call, one statement, one fsync. It runs with the caller's rights, behind the wall.
STORE = """
CREATE FUNCTION usage_store(
    p_tenant bigint, p_source uuid, p_batch uuid, p_received timestamptz, p_sent integer,
    p_events jsonb, p_quarantined jsonb
) RETURNS integer LANGUAGE plpgsql
-- The plan is the same for every batch, and planning dearer than storing one event.
SET plan_cache_mode = force_generic_plan
-- Planned while a table was small, it must not read the whole of it when it is large.
SET enable_seqscan = off AS $$
DECLARE
    -- Keys are remembered for 30 to 40 days: this generation of 10 and three before it.
    v_clock numeric := extract(epoch FROM now());
    v_generation integer := floor(v_clock / 864000);
    v_bad integer := coalesce(jsonb_array_length(p_quarantined), 0);
    v_accepted integer;
BEGIN
    -- Around a change of generation two requests with one message may write to two
    -- indexes; for two minutes in ten days, those of one source go one by one.
    IF v_clock % 864000 NOT BETWEEN 60 AND 863940 THEN
        PERFORM pg_advisory_xact_lock(726302, hashtext(p_source::text));
    END IF;

    WITH incoming AS MATERIALIZED (
        SELECT * FROM jsonb_to_recordset(p_events) AS m(
            k uuid, t timestamptz, f smallint, y varchar(8), i text, n text, u text,
            a text, g text, v text, p jsonb, x jsonb)
    ), fresh AS (
        INSERT INTO usage_messagekey (tenant_id, message_key, generation)
        SELECT p_tenant, k, v_generation FROM incoming
        -- Asked one by one: as a join, the planner may read all the keys there are.
        WHERE (
            SELECT 1 FROM usage_messagekey old
            WHERE old.tenant_id = p_tenant AND old.message_key = k
              AND old.generation >= v_generation - 3 AND old.generation < v_generation
            LIMIT 1) IS NULL
        -- In one order everywhere, or two batches that overlap lock each other out.
        ORDER BY k
        ON CONFLICT DO NOTHING RETURNING message_key
    ), stored AS (
        INSERT INTO usage_event (tenant_id, occurred_at, received_at, message_key,
            source_id, batch_id, flags, kind, message_id, name, user_ref, anonymous_ref,
            group_ref, previous_ref, properties, extra)
        SELECT p_tenant, t, p_received, k, p_source, p_batch, coalesce(f, 0), y,
            coalesce(i, ''), coalesce(n, ''), coalesce(u, ''), coalesce(a, ''),
            coalesce(g, ''), coalesce(v, ''), coalesce(p, '{}'), x
        FROM incoming JOIN fresh ON message_key = k
        ORDER BY t, k
        ON CONFLICT DO NOTHING RETURNING 1
    )
    SELECT count(*) INTO v_accepted FROM stored;

    INSERT INTO usage_ingestbatch (id, tenant_id, created_at, source_id, received_at,
        accepted, duplicate, quarantined, rolled_up_at)
    VALUES (p_batch, p_tenant, now(), p_source, p_received, v_accepted,
        p_sent - v_bad - v_accepted, v_bad,
        CASE WHEN v_accepted = 0 THEN now() END);

    IF v_bad > 0 THEN
        INSERT INTO usage_quarantine (id, tenant_id, created_at, source_id, batch_id,
            received_at, index, message_id, kind, code, message, body, key, sent_at, state)
        SELECT q.id, p_tenant, now(), p_source, p_batch, p_received, q.index, q.message_id,
            q.kind, q.code, q.message, q.body, q.key, q.sent_at, 'open'
        FROM jsonb_to_recordset(p_quarantined) AS q(
            id uuid, index integer, message_id text, kind varchar(8), code varchar(40),
            message text, body text, key uuid, sent_at text)
        ORDER BY q.key
        ON CONFLICT (tenant_id, key) DO NOTHING;
    END IF;
    RETURN v_accepted;
END $$;
"""

UNDO = """
DROP FUNCTION usage_store;
DROP FUNCTION usage_partition_names;
DROP FUNCTION usage_drop_key_generation;
DROP FUNCTION usage_make_key_generation;
DROP FUNCTION usage_drop_event_partition;
DROP FUNCTION usage_make_event_partition;
DROP FUNCTION usage_wall_partition;
DROP TABLE usage_messagekey;
DROP TABLE usage_event;
DROP SCHEMA usage_partitions CASCADE;
"""

TENANT_KEY = {
    "db_constraint": False,
    "db_index": False,
    "editable": False,
    "on_delete": django.db.models.deletion.DO_NOTHING,
    "related_name": "+",
    "to": "tenants.tenant",
}
KINDS = [
    ("track", "Track"),
    ("identify", "Identify"),
    ("group", "Group"),
    ("page", "Page"),
    ("screen", "Screen"),
    ("alias", "Alias"),
]


def composite(*columns):
    return models.CompositePrimaryKey(
        *columns, blank=True, editable=False, primary_key=True, serialize=False
    )


def tenant_row():
    return [
        (
            "id",
            models.UUIDField(
                default=cs_platform.lib.ids.uuid7,
                editable=False,
                primary_key=True,
                serialize=False,
            ),
        ),
        ("created_at", models.DateTimeField(auto_now_add=True)),
        (
            "tenant",
            tenants.keys.TenantField(
                db_index=False,
                editable=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="tenants.tenant",
            ),
        ),
        (
            "source",
            tenants.keys.TenantForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="usage.source",
            ),
        ),
        ("received_at", models.DateTimeField()),
    ]


class Migration(migrations.Migration):
    dependencies = [
        ("tenants", "0001_initial"),
        ("usage", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name="Event",
                    fields=[
                        ("pk", composite("tenant", "occurred_at", "message_key")),
                        ("occurred_at", models.DateTimeField()),
                        ("message_key", models.UUIDField()),
                        ("source_id", models.UUIDField()),
                        ("batch_id", models.UUIDField()),
                        ("received_at", models.DateTimeField()),
                        ("message_id", models.TextField()),
                        ("kind", models.CharField(choices=KINDS, max_length=8)),
                        ("name", models.TextField()),
                        ("user_ref", models.TextField()),
                        ("anonymous_ref", models.TextField()),
                        ("group_ref", models.TextField()),
                        ("previous_ref", models.TextField()),
                        ("properties", models.JSONField()),
                        ("extra", models.JSONField(null=True)),
                        ("flags", models.PositiveSmallIntegerField(default=0)),
                        ("tenant", models.ForeignKey(**TENANT_KEY)),
                    ],
                    options={"abstract": False},
                ),
                migrations.CreateModel(
                    name="MessageKey",
                    fields=[
                        ("pk", composite("tenant", "message_key", "generation")),
                        ("message_key", models.UUIDField()),
                        ("generation", models.PositiveIntegerField()),
                        ("tenant", models.ForeignKey(**TENANT_KEY)),
                    ],
                    options={"abstract": False},
                ),
            ],
            database_operations=[
                migrations.RunSQL(
                    [
                        TABLES,
                        *wall_statements("usage_event"),
                        *wall_statements("usage_messagekey"),
                        PARTITIONS,
                        STORE,
                    ],
                    UNDO,
                )
            ],
        ),
        migrations.CreateModel(
            name="IngestBatch",
            fields=[
                *tenant_row(),
                ("accepted", models.PositiveIntegerField()),
                ("duplicate", models.PositiveIntegerField()),
                ("quarantined", models.PositiveIntegerField()),
                ("rolled_up_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("rolled_up_at", None)),
                        fields=["tenant", "id"],
                        name="batch_to_roll_up",
                    ),
                    models.Index(
                        fields=["tenant", "source", "-received_at"],
                        name="batch_by_source",
                    ),
                ]
            },
        ),
        migrations.CreateModel(
            name="Quarantine",
            fields=[
                *tenant_row(),
                ("batch_id", models.UUIDField()),
                ("index", models.PositiveIntegerField()),
                ("message_id", models.TextField(blank=True)),
                ("kind", models.CharField(blank=True, choices=KINDS, max_length=8)),
                ("code", models.CharField(max_length=40)),
                ("message", models.TextField()),
                ("body", models.TextField()),
                ("key", models.UUIDField()),
                ("sent_at", models.TextField(blank=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("replayed", "Replayed"),
                            ("discarded", "Discarded"),
                        ],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("settled_at", models.DateTimeField(null=True)),
                (
                    "settled_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        db_index=False,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("tenant", "key"),
                        name="one_quarantined_copy_of_a_message",
                    )
                ],
                "indexes": [
                    models.Index(
                        fields=["tenant", "state", "-received_at", "id"],
                        name="quarantine_by_state",
                    )
                ],
            },
        ),
        TenantWall("IngestBatch", "Quarantine"),
    ]
