-- Who somebody is at an OpenID provider. The issuer and the subject name them for good; the address is
-- what the provider said last.
CREATE TABLE auth.identities (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    account_id uuid NOT NULL REFERENCES auth.accounts ON DELETE CASCADE,
    issuer text NOT NULL,
    subject text NOT NULL CHECK (length(subject) BETWEEN 1 AND 255),
    email text,
    email_verified boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT now(),
    last_used_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (issuer, subject)
);
CREATE INDEX identities_account ON auth.identities (account_id, created_at DESC, id DESC);
CREATE INDEX identities_email ON auth.identities (lower(email)) WHERE email_verified;

-- The one account that all guests share: it never has a password.
ALTER TABLE auth.accounts ADD COLUMN shared boolean NOT NULL DEFAULT false,
    ADD CONSTRAINT shared_without_password CHECK (NOT shared OR password_hash IS NULL);
CREATE UNIQUE INDEX accounts_shared ON auth.accounts (shared) WHERE shared;

-- Nobody can make it their own, whichever part of the studio tries. Its roles stay what they are.
CREATE FUNCTION studio.keep_shared_apart() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    person uuid := to_jsonb(new) ->> CASE tg_table_name WHEN 'user_roles' THEN 'user_id'
                                          ELSE 'account_id' END;
BEGIN
    IF EXISTS (SELECT FROM auth.accounts WHERE id = person AND shared)
       AND (tg_table_name <> 'user_roles' OR to_jsonb(new) ->> 'role' <> 'guest') THEN
        RAISE EXCEPTION 'the account of the guests takes no row of %', tg_table_name
            USING ERRCODE = 'check_violation', CONSTRAINT = 'keep_shared_apart';
    END IF;
    RETURN new;
END $$;
CREATE TRIGGER keep_shared_apart BEFORE INSERT OR UPDATE ON public.user_roles
    FOR EACH ROW EXECUTE FUNCTION studio.keep_shared_apart();
CREATE TRIGGER keep_shared_apart BEFORE INSERT OR UPDATE OF account_id ON auth.api_keys
    FOR EACH ROW EXECUTE FUNCTION studio.keep_shared_apart();
CREATE TRIGGER keep_shared_apart BEFORE INSERT OR UPDATE OF account_id ON auth.sign_in_links
    FOR EACH ROW EXECUTE FUNCTION studio.keep_shared_apart();
CREATE TRIGGER keep_shared_apart BEFORE INSERT OR UPDATE OF account_id ON auth.identities
    FOR EACH ROW EXECUTE FUNCTION studio.keep_shared_apart();
CREATE TRIGGER keep_shared_apart BEFORE INSERT OR UPDATE OF account_id ON auth.second_factors
    FOR EACH ROW EXECUTE FUNCTION studio.keep_shared_apart();

-- From here on `sealed`: encrypted under a key of the studio's secret. Secrets of before are sealed
-- by the next start, which knows that secret; SQL does not.
ALTER TABLE auth.second_factors ADD COLUMN sealed text, ALTER COLUMN secret DROP NOT NULL,
    ADD CONSTRAINT one_secret CHECK (num_nonnulls(secret, sealed) = 1);
