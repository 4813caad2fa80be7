-- What a person chose for their own pages. When the age check of an account is closed, because it was
-- failed or its result withdrawn, only an admin opens the gate.
CREATE TABLE studio.preferences (
    user_id uuid PRIMARY KEY REFERENCES auth.accounts ON DELETE CASCADE,
    mode text NOT NULL DEFAULT 'general' CHECK (mode IN ('general', 'adult')),
    blur boolean NOT NULL DEFAULT true,
    age_check_closed_at timestamptz
);
ALTER TABLE studio.preferences ENABLE ROW LEVEL SECURITY;
CREATE POLICY read_own ON studio.preferences FOR SELECT TO fabula_app
    USING (user_id = (SELECT studio.caller()));
CREATE POLICY add_own ON studio.preferences FOR INSERT TO fabula_app
    WITH CHECK (user_id = (SELECT studio.caller()));
CREATE POLICY change_own ON studio.preferences FOR UPDATE TO fabula_app
    USING (user_id = (SELECT studio.caller())) WITH CHECK (user_id = (SELECT studio.caller()));
CREATE POLICY no_guest_adds ON studio.preferences AS RESTRICTIVE FOR INSERT TO fabula_app
    WITH CHECK ((SELECT NOT studio.caller_is_guest()));
CREATE POLICY no_guest_changes ON studio.preferences AS RESTRICTIVE FOR UPDATE TO fabula_app
    USING ((SELECT NOT studio.caller_is_guest()));
CREATE POLICY no_guest_removes ON studio.preferences AS RESTRICTIVE FOR DELETE TO fabula_app
    USING ((SELECT NOT studio.caller_is_guest()));
GRANT SELECT ON studio.preferences TO fabula_app;
GRANT INSERT (user_id, mode, blur), UPDATE (mode, blur) ON studio.preferences TO fabula_app;

-- Whether the caller sees what is rated for adults. The operator's setting comes with the transaction;
-- the age and the own choice are looked up, as roles are.
CREATE FUNCTION studio.caller_sees_adult() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS
$$ SELECT current_setting('fabula.adult', true) IS NOT DISTINCT FROM 'on'
       AND EXISTS (SELECT FROM public.profiles p JOIN studio.preferences s ON s.user_id = p.id
                   WHERE p.id = studio.caller() AND p.age_verified AND s.mode = 'adult') $$;
REVOKE ALL ON FUNCTION studio.caller_sees_adult() FROM public;
GRANT EXECUTE ON FUNCTION studio.caller_sees_adult() TO fabula_app;

-- The mode that a thing was made under, beside the inventory's tables, which take no further columns.
DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['job_runs', 'workspace_files', 'library_files'] LOOP
        EXECUTE format('ALTER TABLE studio.%I ADD COLUMN rating text NOT NULL DEFAULT ''general''
                        CHECK (rating IN (''general'', ''adult''))', name);
        EXECUTE format('CREATE POLICY within_mode ON studio.%I AS RESTRICTIVE FOR ALL TO fabula_app
                        USING (rating = ''general'' OR (SELECT studio.caller_sees_adult()))', name);
    END LOOP;
END $$;
CREATE POLICY within_mode ON studio.job_previews AS RESTRICTIVE FOR SELECT TO fabula_app
    USING (EXISTS (SELECT FROM studio.job_runs r WHERE r.job_id = job_previews.job_id));
