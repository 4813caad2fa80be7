-- Who may do what. A request runs as fabula_app, which cannot bypass these rules; the caller's
-- id is set for the transaction, and roles are looked up, never taken from the caller.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'fabula_app') THEN
        CREATE ROLE fabula_app NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE;
    END IF;
    EXECUTE format('GRANT fabula_app TO %I', current_user);
END $$;
GRANT USAGE ON SCHEMA public, studio TO fabula_app;

CREATE FUNCTION studio.caller() RETURNS uuid
LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT nullif(current_setting('fabula.user_id', true), '')::uuid $$;

CREATE FUNCTION studio.caller_has(wanted app_role) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS
$$ SELECT EXISTS (SELECT FROM public.user_roles
                  WHERE user_id = studio.caller() AND role = wanted) $$;
REVOKE ALL ON FUNCTION studio.caller_has(app_role) FROM public;
GRANT EXECUTE ON FUNCTION studio.caller_has(app_role) TO fabula_app;

DO $$
DECLARE
    name text;
    mine constant text := 'user_id = (SELECT studio.caller())';
    is_admin constant text := '(SELECT studio.caller_has(''admin''))';
    is_moderator constant text := '(SELECT studio.caller_has(''moderator''))';
BEGIN
    FOR name IN SELECT table_name FROM information_schema.tables
                WHERE table_schema = 'public' AND table_type = 'BASE TABLE' LOOP
        EXECUTE format('ALTER TABLE public.%I ENABLE ROW LEVEL SECURITY', name);
    END LOOP;
    FOR name IN SELECT table_name FROM information_schema.tables
                WHERE table_schema = 'studio' AND table_type = 'BASE TABLE' LOOP
        EXECUTE format('ALTER TABLE studio.%I ENABLE ROW LEVEL SECURITY', name);
    END LOOP;

    -- Rows that belong to one person, read by that person and by admins.
    FOREACH name IN ARRAY ARRAY['jobs', 'images', 'videos', 'projects', 'usage_logs',
                                'user_activity_log', 'user_roles'] LOOP
        EXECUTE format('CREATE POLICY read_own ON %I FOR SELECT TO fabula_app
                        USING (%s OR %s)', name, mine, is_admin);
    END LOOP;
    FOREACH name IN ARRAY ARRAY['jobs', 'images', 'videos'] LOOP
        EXECUTE format('CREATE POLICY read_review ON %I FOR SELECT TO fabula_app
                        USING (%s)', name, is_moderator);
    END LOOP;

    -- Rows that only their owner sees.
    FOREACH name IN ARRAY ARRAY['user_library', 'user_collections', 'conversations',
                                'workspace_assets', 'workspace_items', 'workspace_sessions'] LOOP
        EXECUTE format('CREATE POLICY read_own ON %I FOR SELECT TO fabula_app USING (%s)',
                       name, mine);
    END LOOP;

    -- Rows that their owner makes, changes and removes; columns are limited by the grants below,
    -- and what a new row may say or point at by further policies.
    FOREACH name IN ARRAY ARRAY['user_library', 'user_collections', 'conversations', 'projects',
                                'workspace_sessions', 'workspace_items', 'workspace_assets',
                                'characters'] LOOP
        EXECUTE format('CREATE POLICY add_own ON %I FOR INSERT TO fabula_app
                        WITH CHECK (%s)', name, mine);
        EXECUTE format('CREATE POLICY change_own ON %I FOR UPDATE TO fabula_app
                        USING (%s) WITH CHECK (%s)', name, mine, mine);
        EXECUTE format('CREATE POLICY remove_own ON %I FOR DELETE TO fabula_app USING (%s)',
                       name, mine);
    END LOOP;
    EXECUTE format('CREATE POLICY add_own ON jobs FOR INSERT TO fabula_app
                    WITH CHECK (%s)', mine);
    EXECUTE format('CREATE POLICY rate_own ON jobs FOR UPDATE TO fabula_app
                    USING (%s) WITH CHECK (%s)', mine, mine);

    -- Operator tables: templates, weights, tests and configurations.
    FOREACH name IN ARRAY ARRAY['prompt_templates', 'negative_prompts', 'enhancement_presets',
                                'compel_configs', 'model_config_history', 'model_performance_logs',
                                'model_test_results', 'prompt_ab_tests', 'system_config'] LOOP
        EXECUTE format('CREATE POLICY admin_all ON %I FOR ALL TO fabula_app
                        USING (%s) WITH CHECK (%s)', name, is_admin, is_admin);
    END LOOP;

    -- Our own tables: the owner reads; the machine writes.
    FOREACH name IN ARRAY ARRAY['job_runs', 'job_previews', 'idempotency_keys', 'workspace_files',
                                'library_files', 'uploads', 'events', 'library_words'] LOOP
        EXECUTE format('CREATE POLICY read_own ON studio.%I FOR SELECT TO fabula_app
                        USING (%s)', name, mine);
    END LOOP;
    FOREACH name IN ARRAY ARRAY['job_runs', 'idempotency_keys', 'uploads', 'events',
                                'library_files'] LOOP
        EXECUTE format('CREATE POLICY add_own ON studio.%I FOR INSERT TO fabula_app
                        WITH CHECK (%s)', name, mine);
    END LOOP;

    EXECUTE format('CREATE POLICY read_own ON profiles FOR SELECT TO fabula_app
                    USING (id = (SELECT studio.caller()) OR %s OR %s)', is_admin, is_moderator);
    EXECUTE 'CREATE POLICY change_own ON profiles FOR UPDATE TO fabula_app
             USING (id = (SELECT studio.caller())) WITH CHECK (id = (SELECT studio.caller()))';
    EXECUTE format('CREATE POLICY read_visible ON characters FOR SELECT TO fabula_app
                    USING (%s OR %s OR (is_public AND content_rating = ''sfw''))', mine, is_admin);
END $$;

-- Rows that are reached through another row.
CREATE POLICY through_conversation ON messages FOR ALL TO fabula_app
    USING (EXISTS (SELECT FROM conversations c WHERE c.id = conversation_id
                   AND c.user_id = (SELECT studio.caller())))
    WITH CHECK (EXISTS (SELECT FROM conversations c WHERE c.id = conversation_id
                        AND c.user_id = (SELECT studio.caller())));
CREATE POLICY through_project ON scenes FOR ALL TO fabula_app
    USING (EXISTS (SELECT FROM projects p WHERE p.id = project_id
                   AND p.user_id = (SELECT studio.caller())))
    WITH CHECK (EXISTS (SELECT FROM projects p WHERE p.id = project_id
                        AND p.user_id = (SELECT studio.caller())));
CREATE POLICY through_owner ON character_scenes FOR SELECT TO fabula_app
    USING (EXISTS (SELECT FROM conversations c WHERE c.id = conversation_id
                   AND c.user_id = (SELECT studio.caller()))
           OR EXISTS (SELECT FROM characters c WHERE c.id = character_id
                      AND c.user_id = (SELECT studio.caller())));

-- A new row starts at the beginning and points only at what is the caller's: foreign keys alone
-- would take anybody's row, and a stored place anybody's file. A condition looks up what it names
-- as the caller, so that rows that the caller cannot see are not there.
CREATE POLICY fresh ON jobs AS RESTRICTIVE FOR INSERT TO fabula_app
    WITH CHECK (status = 'queued' AND attempts = 0 AND max_attempts <= 3
                AND started_at IS NULL AND completed_at IS NULL AND error_message IS NULL
                AND image_id IS NULL AND video_id IS NULL
                AND moderation_status = 'pending' AND reviewed_by IS NULL AND reviewed_at IS NULL
                AND review_notes IS NULL
                AND (metadata #>> '{reference,key}' IS NULL OR starts_with(
                     metadata #>> '{reference,key}', (SELECT studio.caller()) || '/'))
                AND (project_id IS NULL OR EXISTS (
                     SELECT FROM projects p WHERE p.id = project_id
                     AND p.user_id = (SELECT studio.caller())))
                AND (workspace_session_id IS NULL OR EXISTS (
                     SELECT FROM workspace_sessions s WHERE s.id = workspace_session_id)));
CREATE POLICY fresh ON studio.job_runs AS RESTRICTIVE FOR INSERT TO fabula_app
    WITH CHECK (state = 'waiting' AND priority = 0 AND attempt = 0 AND run_at >= now()
                AND run_seconds IS NULL AND NOT cancel_requested
                AND EXISTS (SELECT FROM jobs j WHERE j.id = job_id
                            AND j.user_id = (SELECT studio.caller()))
                AND (retry_of IS NULL OR EXISTS (
                     SELECT FROM jobs j WHERE j.id = retry_of
                     AND j.user_id = (SELECT studio.caller()))));
CREATE POLICY own_job ON studio.idempotency_keys AS RESTRICTIVE FOR INSERT TO fabula_app
    WITH CHECK (EXISTS (SELECT FROM jobs j WHERE j.id = job_id
                        AND j.user_id = (SELECT studio.caller())));
CREATE POLICY own_session ON workspace_items AS RESTRICTIVE FOR INSERT TO fabula_app
    WITH CHECK (EXISTS (SELECT FROM workspace_sessions s WHERE s.id = session_id)
                AND (job_id IS NULL OR EXISTS (
                     SELECT FROM jobs j WHERE j.id = job_id
                     AND j.user_id = (SELECT studio.caller()))));
CREATE POLICY own_place ON user_library AS RESTRICTIVE FOR INSERT TO fabula_app
    WITH CHECK (starts_with(storage_path, (SELECT studio.caller()) || '/'));
CREATE POLICY own_collection ON user_library AS RESTRICTIVE FOR ALL TO fabula_app
    USING (true)
    WITH CHECK (collection_id IS NULL OR EXISTS (
                SELECT FROM user_collections c WHERE c.id = collection_id));
CREATE POLICY own_place ON studio.library_files AS RESTRICTIVE FOR INSERT TO fabula_app
    WITH CHECK (bucket = 'user-library'
                AND starts_with(key, (SELECT studio.caller()) || '/')
                AND starts_with(thumbnail_key, (SELECT studio.caller()) || '/')
                AND EXISTS (SELECT FROM user_library l WHERE l.id = asset_id)
                AND (source_asset_id IS NULL OR EXISTS (
                     SELECT FROM workspace_assets a WHERE a.id = source_asset_id))
                AND (job_id IS NULL OR EXISTS (
                     SELECT FROM jobs j WHERE j.id = job_id
                     AND j.user_id = (SELECT studio.caller()))));
CREATE POLICY own_place ON studio.uploads AS RESTRICTIVE FOR INSERT TO fabula_app
    WITH CHECK (bucket = 'reference_images'
                AND starts_with(key, (SELECT studio.caller()) || '/')
                AND starts_with(thumbnail_key, (SELECT studio.caller()) || '/'));
CREATE POLICY empty ON user_collections AS RESTRICTIVE FOR INSERT TO fabula_app
    WITH CHECK (asset_count = 0);
CREATE POLICY unknown_yet ON characters AS RESTRICTIVE FOR INSERT TO fabula_app
    WITH CHECK (likes_count = 0 AND interaction_count = 0
                AND (creator_id IS NULL OR creator_id = (SELECT studio.caller())));

GRANT SELECT ON ALL TABLES IN SCHEMA public TO fabula_app;
GRANT SELECT ON ALL TABLES IN SCHEMA studio TO fabula_app;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA studio TO fabula_app;
GRANT INSERT, UPDATE, DELETE ON conversations, messages, projects, scenes,
    prompt_templates, negative_prompts, enhancement_presets, compel_configs, model_config_history,
    model_performance_logs, model_test_results, prompt_ab_tests TO fabula_app;
GRANT INSERT, DELETE ON user_collections TO fabula_app;
GRANT UPDATE (name, description) ON user_collections TO fabula_app;
GRANT UPDATE ON system_config TO fabula_app;
GRANT INSERT, DELETE ON characters TO fabula_app;
GRANT UPDATE (name, description, traits, appearance_tags, image_url, persona, system_prompt,
    voice_tone, mood, reference_image_url, is_public, gender, content_rating, role)
    ON characters TO fabula_app;
GRANT UPDATE (username) ON profiles TO fabula_app;
GRANT INSERT ON jobs TO fabula_app;
GRANT UPDATE (quality_rating) ON jobs TO fabula_app;
GRANT INSERT, DELETE ON user_library TO fabula_app;
GRANT UPDATE (custom_title, tags, is_favorite, visibility, collection_id) ON user_library
    TO fabula_app;
GRANT INSERT ON workspace_items TO fabula_app;
GRANT UPDATE (status) ON workspace_items TO fabula_app;
GRANT INSERT ON workspace_sessions TO fabula_app;
GRANT UPDATE (session_name, is_active, metadata) ON workspace_sessions TO fabula_app;
GRANT DELETE ON workspace_assets, workspace_items, workspace_sessions TO fabula_app;
GRANT INSERT ON studio.job_runs, studio.idempotency_keys, studio.uploads, studio.events,
    studio.library_files TO fabula_app;
