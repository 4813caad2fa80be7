-- A failed job that its person does not want to see any more. It stays what it is for everything
-- else, so the mark is theirs to set.
ALTER TABLE studio.job_runs ADD COLUMN dismissed_at timestamptz;
GRANT UPDATE (dismissed_at) ON studio.job_runs TO fabula_app;
CREATE POLICY dismiss_own ON studio.job_runs FOR UPDATE TO fabula_app
    USING (user_id = (SELECT studio.caller())) WITH CHECK (user_id = (SELECT studio.caller()));
