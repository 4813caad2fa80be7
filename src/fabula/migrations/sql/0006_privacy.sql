-- What an account has after each entry, kept with the entry so that a page of the ledger costs the
-- same however far back it is. The studio's own accounts keep no balance, and their entries none.
ALTER TABLE studio.ledger_entries ADD COLUMN balance_after bigint;
ALTER TABLE studio.ledger_entries DISABLE TRIGGER append_only;
UPDATE studio.ledger_entries e SET balance_after = summed.balance
    FROM (SELECT l.id, sum(l.amount) OVER (PARTITION BY l.account_id ORDER BY l.created_at, l.id)
                 AS balance
          FROM studio.ledger_entries l JOIN studio.ledger_accounts a ON a.id = l.account_id
          WHERE a.kind IN ('available', 'reserved')) summed
    WHERE summed.id = e.id;
ALTER TABLE studio.ledger_entries ENABLE TRIGGER append_only;

-- Whoever writes an entry has locked its account; the lock here holds that against SQL by hand.
CREATE FUNCTION studio.note_balance_after() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    SELECT balance + new.amount INTO new.balance_after FROM studio.ledger_accounts
        WHERE id = new.account_id AND balance IS NOT NULL FOR NO KEY UPDATE;
    RETURN new;
END $$;
REVOKE ALL ON FUNCTION studio.note_balance_after() FROM public;
CREATE TRIGGER note_balance BEFORE INSERT ON studio.ledger_entries
    FOR EACH ROW EXECUTE FUNCTION studio.note_balance_after();

-- Balances are moved once a statement, after all of its entries.
CREATE FUNCTION studio.refuse_two_of_one_account() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    IF EXISTS (SELECT FROM fresh WHERE balance_after IS NOT NULL
               GROUP BY account_id HAVING count(*) > 1) THEN
        RAISE EXCEPTION 'one statement writes one entry of an account: write the next one after it'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER one_of_an_account AFTER INSERT ON studio.ledger_entries
    REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION studio.refuse_two_of_one_account();

-- Lists of everybody's entries, by kind too, and of what was done to one thing.
CREATE INDEX ledger_entries_all ON studio.ledger_entries (created_at DESC, id DESC);
CREATE INDEX ledger_entries_kind ON studio.ledger_entries (kind, created_at DESC, id DESC);
CREATE INDEX user_activity_log_resource
    ON user_activity_log (resource_type, resource_id, created_at DESC, id DESC);

CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE INDEX accounts_name_part ON auth.accounts USING gin (username gin_trgm_ops)
    WITH (fastupdate = off);

-- People who have left and whose files are still being removed. The row is written in the
-- transaction that removes the account, so that no crash forgets the files.
CREATE TABLE studio.erasures (
    user_id uuid PRIMARY KEY,
    requested_at timestamptz NOT NULL DEFAULT now()
);
ALTER TABLE studio.erasures ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON studio.erasures TO fabula_app;
CREATE POLICY no_guest_adds ON studio.erasures AS RESTRICTIVE FOR INSERT TO fabula_app
    WITH CHECK ((SELECT NOT studio.caller_is_guest()));
CREATE POLICY no_guest_changes ON studio.erasures AS RESTRICTIVE FOR UPDATE TO fabula_app
    USING ((SELECT NOT studio.caller_is_guest()));
CREATE POLICY no_guest_removes ON studio.erasures AS RESTRICTIVE FOR DELETE TO fabula_app
    USING ((SELECT NOT studio.caller_is_guest()));
