-- Credits: a double-entry ledger. A transaction is all entries of one kind and reference; it is
-- written by one statement, sums to zero and is never changed. A person has an account of what is
-- available and one of what is reserved for jobs on their way; the studio has revenue and grants.
CREATE TABLE studio.ledger_accounts (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id uuid REFERENCES profiles DEFERRABLE INITIALLY DEFERRED,
    kind text NOT NULL CHECK (kind IN ('available', 'reserved', 'revenue', 'grants')),
    -- Kept for people, who must not overspend. The studio's own would be one row that every
    -- job's end waits for, so they are summed when asked for.
    balance bigint CHECK (balance BETWEEN 0 AND 2147483647),
    CHECK ((kind IN ('available', 'reserved')) = (balance IS NOT NULL)),
    CHECK (user_id IS NULL OR kind IN ('available', 'reserved'))
);
CREATE UNIQUE INDEX ledger_accounts_of_person ON studio.ledger_accounts (user_id, kind)
    WHERE user_id IS NOT NULL;
CREATE UNIQUE INDEX ledger_accounts_of_studio ON studio.ledger_accounts (kind)
    WHERE kind IN ('revenue', 'grants');

-- The reference is the job of what is reserved, settled or released, and the account of a start.
CREATE TABLE studio.ledger_entries (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    kind text NOT NULL CHECK (kind IN ('start', 'grant', 'adjustment', 'reserve', 'settle',
                                       'release', 'closing')),
    reference uuid NOT NULL,
    account_id uuid NOT NULL REFERENCES studio.ledger_accounts,
    amount bigint NOT NULL CHECK (amount <> 0),
    reason text,
    made_by uuid,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    UNIQUE (kind, reference, account_id)
);
CREATE INDEX ledger_entries_page ON studio.ledger_entries (account_id, created_at DESC, id DESC);
-- A job ends once: settled or released, never both.
CREATE UNIQUE INDEX ledger_entries_one_end ON studio.ledger_entries (reference, account_id)
    WHERE kind IN ('settle', 'release');

CREATE FUNCTION studio.post_ledger_entries() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    IF EXISTS (SELECT FROM fresh GROUP BY kind, reference HAVING sum(amount) <> 0) THEN
        RAISE EXCEPTION 'the entries of a transaction must sum to zero'
            USING ERRCODE = 'check_violation';
    END IF;
    PERFORM FROM studio.ledger_accounts
        WHERE id IN (SELECT account_id FROM fresh) AND balance IS NOT NULL
        ORDER BY user_id, kind FOR NO KEY UPDATE;
    UPDATE studio.ledger_accounts a SET balance = a.balance + moved.amount
        FROM (SELECT account_id, sum(amount) AS amount FROM fresh GROUP BY account_id) moved
        WHERE a.id = moved.account_id AND a.balance IS NOT NULL;
    UPDATE public.profiles p SET token_balance = a.balance
        FROM studio.ledger_accounts a
        WHERE a.id IN (SELECT account_id FROM fresh) AND a.kind = 'available' AND p.id = a.user_id
              AND p.token_balance IS DISTINCT FROM a.balance;
    RETURN NULL;
END $$;
CREATE TRIGGER post AFTER INSERT ON studio.ledger_entries
    REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION studio.post_ledger_entries();

CREATE FUNCTION studio.refuse_change() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: write a further row instead', tg_table_name
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON studio.ledger_entries
    FOR EACH STATEMENT EXECUTE FUNCTION studio.refuse_change();
CREATE TRIGGER kept BEFORE DELETE OR TRUNCATE ON studio.ledger_accounts
    FOR EACH STATEMENT EXECUTE FUNCTION studio.refuse_change();

-- A balance follows from entries: only the trigger above may move it, from inside of a trigger.
CREATE FUNCTION studio.guard_ledger_balance() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    IF pg_trigger_depth() < 2 THEN
        RAISE EXCEPTION 'a balance follows from its entries: write an entry instead'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN new;
END $$;
CREATE TRIGGER guard_balance BEFORE UPDATE ON studio.ledger_accounts
    FOR EACH ROW EXECUTE FUNCTION studio.guard_ledger_balance();

CREATE FUNCTION studio.guard_token_balance() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    IF new.token_balance IS DISTINCT FROM (SELECT balance FROM studio.ledger_accounts
                                           WHERE user_id = new.id AND kind = 'available') THEN
        RAISE EXCEPTION 'token_balance follows from the ledger: write an entry instead'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN new;
END $$;

CREATE FUNCTION studio.open_ledger() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    INSERT INTO studio.ledger_accounts (user_id, kind, balance)
        VALUES (new.id, 'available', 0), (new.id, 'reserved', 0);
    IF new.token_balance <> 0 THEN
        INSERT INTO studio.ledger_entries (kind, reference, account_id, amount)
        SELECT 'start', new.id, id,
               CASE kind WHEN 'available' THEN new.token_balance ELSE -new.token_balance END
        FROM studio.ledger_accounts
        WHERE (user_id = new.id AND kind = 'available') OR kind = 'grants';
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION studio.start_with_balance() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    new.token_balance := coalesce(new.token_balance, 0);
    RETURN new;
END $$;

-- What a person leaves goes back to the grants, and their accounts are nobody's from then on.
CREATE FUNCTION studio.close_ledger() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    PERFORM FROM studio.ledger_accounts WHERE user_id = old.id ORDER BY kind FOR NO KEY UPDATE;
    INSERT INTO studio.ledger_entries (kind, reference, account_id, amount)
    SELECT 'closing', old.id, moved.id, moved.amount FROM (
        SELECT id, -balance AS amount FROM studio.ledger_accounts WHERE user_id = old.id
        UNION ALL
        SELECT (SELECT id FROM studio.ledger_accounts WHERE kind = 'grants'), sum(balance)
        FROM studio.ledger_accounts WHERE user_id = old.id) moved
    WHERE moved.amount <> 0;
    UPDATE studio.ledger_accounts SET user_id = NULL WHERE user_id = old.id;
    RETURN NULL;
END $$;

-- A job that is removed before its end holds nothing any more.
CREATE FUNCTION studio.release_removed_job() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    PERFORM FROM studio.ledger_accounts WHERE user_id = old.user_id ORDER BY kind
        FOR NO KEY UPDATE;
    INSERT INTO studio.ledger_entries (kind, reference, account_id, amount)
    SELECT 'release', old.id, e.account_id, -e.amount
    FROM studio.ledger_entries e JOIN studio.ledger_accounts a ON a.id = e.account_id
    WHERE e.kind = 'reserve' AND e.reference = old.id AND a.user_id = old.user_id
          AND NOT EXISTS (SELECT FROM studio.ledger_entries done WHERE done.reference = old.id
                          AND done.kind IN ('settle', 'release'));
    RETURN NULL;
END $$;
CREATE TRIGGER release_credits AFTER DELETE ON jobs
    FOR EACH ROW EXECUTE FUNCTION studio.release_removed_job();

UPDATE profiles SET token_balance = greatest(coalesce(token_balance, 100), 0)
    WHERE token_balance IS NULL OR token_balance < 0;

CREATE TRIGGER start_with_balance BEFORE INSERT ON profiles
    FOR EACH ROW EXECUTE FUNCTION studio.start_with_balance();
CREATE TRIGGER open_ledger AFTER INSERT ON profiles
    FOR EACH ROW EXECUTE FUNCTION studio.open_ledger();
CREATE TRIGGER guard_token_balance BEFORE UPDATE OF token_balance ON profiles
    FOR EACH ROW EXECUTE FUNCTION studio.guard_token_balance();
CREATE TRIGGER close_ledger AFTER DELETE ON profiles
    FOR EACH ROW EXECUTE FUNCTION studio.close_ledger();

-- Usage is written once a job and stays; it goes only with its person.
CREATE UNIQUE INDEX usage_logs_job ON usage_logs ((metadata ->> 'job_id'))
    WHERE metadata ? 'delivered';
CREATE FUNCTION studio.keep_usage() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    IF tg_op = 'DELETE' AND pg_trigger_depth() > 1 THEN
        RETURN old;
    END IF;
    RAISE EXCEPTION 'usage_logs is append-only: write a further row instead'
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON usage_logs
    FOR EACH ROW EXECUTE FUNCTION studio.keep_usage();

REVOKE ALL ON FUNCTION studio.post_ledger_entries, studio.guard_token_balance,
    studio.open_ledger, studio.close_ledger, studio.release_removed_job FROM public;
ALTER TABLE studio.ledger_accounts ENABLE ROW LEVEL SECURITY;
ALTER TABLE studio.ledger_entries ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON studio.ledger_accounts, studio.ledger_entries TO fabula_app;
CREATE POLICY read_own ON studio.ledger_accounts FOR SELECT TO fabula_app
    USING (user_id = (SELECT studio.caller()) OR (SELECT studio.caller_has('admin')));
-- The accounts are looked up as the caller, so that entries of others are not there.
CREATE POLICY read_own ON studio.ledger_entries FOR SELECT TO fabula_app
    USING ((SELECT studio.caller_has('admin')) OR account_id IN (
           SELECT id FROM studio.ledger_accounts WHERE user_id = (SELECT studio.caller())));

-- Profiles that were there before start with the balance that they have.
INSERT INTO studio.ledger_accounts (kind) VALUES ('revenue'), ('grants');
INSERT INTO studio.ledger_accounts (user_id, kind, balance)
    SELECT id, kind, 0 FROM profiles, (VALUES ('available'), ('reserved')) kinds (kind);
INSERT INTO studio.ledger_entries (kind, reference, account_id, amount)
    SELECT 'start', p.id, a.id,
           CASE a.kind WHEN 'available' THEN p.token_balance ELSE -p.token_balance END
    FROM profiles p
    JOIN studio.ledger_accounts a ON (a.user_id = p.id AND a.kind = 'available')
                                     OR a.kind = 'grants'
    WHERE p.token_balance <> 0;
-- A table with checks to come takes no further rules, and later migrations are in this transaction.
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
