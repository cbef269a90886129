from django.db import migrations, models

# As in 0002, but that a quarantined message keeps the context of its request.
STORE = """
CREATE OR REPLACE FUNCTION usage_store(
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
            received_at, index, message_id, kind, code, message, body, key, sent_at, context,
            state)
        SELECT q.id, p_tenant, now(), p_source, p_batch, p_received, q.index, q.message_id,
            q.kind, q.code, q.message, q.body, q.key, q.sent_at,
            coalesce(q.context, ''), 'open'
        FROM jsonb_to_recordset(p_quarantined) AS q(
            id uuid, index integer, message_id text, kind varchar(8), code varchar(40),
            message text, body text, key uuid, sent_at text, context text)
        ORDER BY q.key
        ON CONFLICT (tenant_id, key) DO NOTHING;
    END IF;
    RETURN v_accepted;
END $$;
"""

UNDO = """
CREATE OR REPLACE FUNCTION usage_store(
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


class Migration(migrations.Migration):
    dependencies = [("usage", "0005_mark_features_that_are_errors")]

    operations = [
        migrations.AddField(
            model_name="quarantine",
            name="context",
            field=models.TextField(blank=True, db_default="", default=""),
        ),
        migrations.RunSQL(STORE, UNDO),
    ]
