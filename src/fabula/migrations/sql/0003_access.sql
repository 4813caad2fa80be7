-- The chain beside the inventory's log, which takes no further columns. An entry's HMAC is over
-- every stored column of the log's row and the HMAC before; the key never enters the database.
CREATE TABLE studio.trail_chain (
    seq bigint PRIMARY KEY CHECK (seq > 0),
    entry_id uuid NOT NULL UNIQUE,
    actor_id uuid,
    mac bytea NOT NULL CHECK (length(mac) = 32)
);
-- Where the chain ends, signed, so that a tail that was cut off is missed.
CREATE TABLE studio.trail_head (
    single boolean PRIMARY KEY DEFAULT true CHECK (single),
    seq bigint NOT NULL,
    mac bytea NOT NULL,
    signature bytea NOT NULL
);
INSERT INTO studio.trail_head (seq, mac, signature) VALUES (0, '', '');
ALTER TABLE studio.trail_chain ENABLE ROW LEVEL SECURITY;
ALTER TABLE studio.trail_head ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON studio.trail_chain, studio.trail_head TO fabula_app;

-- Refuses everybody. A superuser can still set session_replication_role to replica by hand, and
-- the chain shows it. An account's removal takes its name out of the log, which the foreign key
-- does; the chain keeps the id.
CREATE FUNCTION studio.refuse_trail_change() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    IF tg_op = 'UPDATE' AND tg_table_name = 'user_activity_log' THEN
        IF to_jsonb(old) - 'user_id' = to_jsonb(new) - 'user_id' AND new.user_id IS NULL
           AND NOT EXISTS (SELECT FROM public.profiles WHERE id = old.user_id) THEN
            RETURN new;
        END IF;
    END IF;
    RAISE EXCEPTION 'the trail is append-only: % of %.% is refused', tg_op, tg_table_schema,
        tg_table_name USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON public.user_activity_log
    FOR EACH ROW EXECUTE FUNCTION studio.refuse_trail_change();
CREATE TRIGGER append_only_whole BEFORE TRUNCATE ON public.user_activity_log
    FOR EACH STATEMENT EXECUTE FUNCTION studio.refuse_trail_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON studio.trail_chain
    FOR EACH ROW EXECUTE FUNCTION studio.refuse_trail_change();
CREATE TRIGGER append_only_whole BEFORE TRUNCATE ON studio.trail_chain
    FOR EACH STATEMENT EXECUTE FUNCTION studio.refuse_trail_change();
CREATE TRIGGER append_only BEFORE DELETE ON studio.trail_head
    FOR EACH ROW EXECUTE FUNCTION studio.refuse_trail_change();
CREATE TRIGGER append_only_whole BEFORE TRUNCATE ON studio.trail_head
    FOR EACH STATEMENT EXECUTE FUNCTION studio.refuse_trail_change();

CREATE INDEX user_activity_log_page ON user_activity_log (created_at DESC, id DESC);
CREATE INDEX user_activity_log_own_page ON user_activity_log (user_id, created_at DESC, id DESC);
CREATE INDEX user_activity_log_action ON user_activity_log (action, created_at DESC, id DESC);

ALTER TABLE auth.accounts ADD COLUMN suspended_reason text;
CREATE INDEX accounts_page ON auth.accounts (created_at DESC, id DESC);
ALTER TABLE auth.api_keys
    ADD COLUMN scopes text[] NOT NULL DEFAULT '{read,make,library,admin}'
        CHECK (scopes <@ '{read,make,library,admin}' AND cardinality(scopes) > 0),
    ADD COLUMN expires_at timestamptz;

-- A key without the scope `admin` acts for its person without the powers of their roles.
CREATE OR REPLACE FUNCTION studio.caller_has(wanted app_role) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS
$$ SELECT current_setting('fabula.plain', true) IS DISTINCT FROM 'on'
       AND EXISTS (SELECT FROM public.user_roles
                   WHERE user_id = studio.caller() AND role = wanted) $$;

-- There is always somebody who can let others in. The lock makes two who try wait for one another;
-- what the first one did is seen by the second one's count.
CREATE FUNCTION studio.keep_an_admin() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(7020);
    IF NOT EXISTS (SELECT FROM public.user_roles r JOIN auth.accounts a ON a.id = r.user_id
                   WHERE r.role = 'admin' AND a.suspended_at IS NULL) THEN
        RAISE EXCEPTION 'the last admin of the studio stays one'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'keep_an_admin';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER keep_an_admin AFTER DELETE ON user_roles
    FOR EACH ROW WHEN (old.role = 'admin') EXECUTE FUNCTION studio.keep_an_admin();
CREATE TRIGGER keep_an_admin_changed AFTER UPDATE ON user_roles
    FOR EACH ROW WHEN (old.role = 'admin' AND (new.role, new.user_id) <> (old.role, old.user_id))
    EXECUTE FUNCTION studio.keep_an_admin();
CREATE FUNCTION studio.keep_an_admin_awake() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    IF EXISTS (SELECT FROM public.user_roles WHERE user_id = new.id AND role = 'admin') THEN
        PERFORM pg_advisory_xact_lock(7020);
        IF NOT EXISTS (SELECT FROM public.user_roles r JOIN auth.accounts a ON a.id = r.user_id
                       WHERE r.role = 'admin' AND a.suspended_at IS NULL) THEN
            RAISE EXCEPTION 'the last admin of the studio is not suspended'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'keep_an_admin';
        END IF;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER keep_an_admin AFTER UPDATE OF suspended_at ON auth.accounts
    FOR EACH ROW WHEN (old.suspended_at IS NULL AND new.suspended_at IS NOT NULL)
    EXECUTE FUNCTION studio.keep_an_admin_awake();

-- Attempts to sign in, by account name and by address; hashed, and unlogged because a crash may
-- well forget them.
CREATE UNLOGGED TABLE auth.sign_in_buckets (
    key text PRIMARY KEY,
    tokens double precision NOT NULL,
    misses integer NOT NULL,
    next_at timestamptz NOT NULL,
    filled_at timestamptz NOT NULL,
    granted boolean NOT NULL
);
CREATE INDEX sign_in_buckets_filled ON auth.sign_in_buckets (filled_at);

CREATE TABLE auth.second_factors (
    account_id uuid PRIMARY KEY REFERENCES auth.accounts ON DELETE CASCADE,
    secret text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    confirmed_at timestamptz,
    last_step bigint NOT NULL DEFAULT 0
);
CREATE TABLE auth.recovery_codes (
    account_id uuid NOT NULL REFERENCES auth.second_factors ON DELETE CASCADE,
    code_hash text NOT NULL,
    used_at timestamptz,
    PRIMARY KEY (account_id, code_hash)
);

-- Guests look and write nothing, whatever else a table allows to a row's owner.
CREATE FUNCTION studio.caller_is_guest() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS
$$ SELECT NOT EXISTS (SELECT FROM public.user_roles
                      WHERE user_id = studio.caller() AND role <> 'guest') $$;
REVOKE ALL ON FUNCTION studio.caller_is_guest() FROM public;
GRANT EXECUTE ON FUNCTION studio.caller_is_guest() TO fabula_app;
DO $$
DECLARE
    found record;
    writer constant text := '(SELECT NOT studio.caller_is_guest())';
BEGIN
    FOR found IN SELECT schemaname, tablename FROM pg_tables
                 WHERE schemaname IN ('public', 'studio') AND tablename <> 'alembic_version' LOOP
        EXECUTE format('CREATE POLICY no_guest_adds ON %I.%I AS RESTRICTIVE FOR INSERT
            TO fabula_app WITH CHECK (%s)', found.schemaname, found.tablename, writer);
        EXECUTE format('CREATE POLICY no_guest_changes ON %I.%I AS RESTRICTIVE FOR UPDATE
            TO fabula_app USING (%s)', found.schemaname, found.tablename, writer);
        EXECUTE format('CREATE POLICY no_guest_removes ON %I.%I AS RESTRICTIVE FOR DELETE
            TO fabula_app USING (%s)', found.schemaname, found.tablename, writer);
    END LOOP;
END $$;

-- Moderators read what they review: characters and their scenes, and the templates that shape what
-- is made. Roles are theirs to see, not to give.
DO $$
DECLARE
    name text;
    is_moderator constant text := '(SELECT studio.caller_has(''moderator''))';
BEGIN
    FOREACH name IN ARRAY ARRAY['user_roles', 'characters', 'character_scenes', 'prompt_templates',
                                'negative_prompts', 'enhancement_presets', 'compel_configs'] LOOP
        EXECUTE format('CREATE POLICY read_review ON %I FOR SELECT TO fabula_app USING (%s)',
                       name, is_moderator);
    END LOOP;
END $$;
CREATE POLICY read_all ON character_scenes FOR SELECT TO fabula_app
    USING ((SELECT studio.caller_has('admin')));
CREATE POLICY read_all ON scenes FOR SELECT TO fabula_app
    USING ((SELECT studio.caller_has('admin')));

-- Open streams are told that credentials ended, and look again whether theirs are still good.
CREATE FUNCTION studio.tell_access_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE person uuid := to_jsonb(old) ->> CASE tg_table_name WHEN 'accounts' THEN 'id'
                                              ELSE 'account_id' END;
BEGIN
    PERFORM pg_notify('fabula_events', json_build_object(
        'user', person, 'id', NULL, 'type', 'access.changed', 'data', json_build_object())::text);
    RETURN NULL;
END $$;
CREATE TRIGGER tell_access_changed AFTER DELETE ON auth.sessions
    FOR EACH ROW EXECUTE FUNCTION studio.tell_access_changed();
CREATE TRIGGER tell_access_changed AFTER DELETE ON auth.api_keys
    FOR EACH ROW EXECUTE FUNCTION studio.tell_access_changed();
CREATE TRIGGER tell_access_changed AFTER UPDATE OF suspended_at ON auth.accounts
    FOR EACH ROW EXECUTE FUNCTION studio.tell_access_changed();
