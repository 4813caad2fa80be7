-- Indexes that the flows need and the inventory lacks.
CREATE INDEX messages_conversation ON messages (conversation_id, created_at);
CREATE INDEX conversations_user_updated ON conversations (user_id, updated_at DESC);
CREATE INDEX characters_public ON characters (is_public, content_rating, likes_count DESC);
CREATE INDEX usage_logs_user_created ON usage_logs (user_id, created_at);
CREATE INDEX user_activity_log_user ON user_activity_log (user_id, action, created_at);
CREATE INDEX user_library_favorite ON user_library (user_id, created_at DESC, id DESC) WHERE is_favorite;
CREATE INDEX user_library_page ON user_library (user_id, created_at DESC, id DESC);
CREATE INDEX user_library_tags ON user_library USING gin (tags);
CREATE INDEX characters_appearance ON characters USING gin (appearance_tags);
CREATE INDEX character_scenes_job ON character_scenes (job_id);
CREATE INDEX jobs_page ON jobs (user_id, created_at DESC, id DESC);
CREATE INDEX workspace_assets_page ON workspace_assets (user_id, created_at DESC, id DESC);
CREATE UNIQUE INDEX images_job_output ON images (job_id, image_index) WHERE job_id IS NOT NULL;
CREATE UNIQUE INDEX workspace_items_job_output
    ON workspace_items (job_id, ((metadata ->> 'asset_index')::integer)) WHERE job_id IS NOT NULL;
CREATE UNIQUE INDEX workspace_sessions_one_active ON workspace_sessions (user_id) WHERE is_active;
CREATE UNIQUE INDEX model_config_one_active ON model_config_history (model_type) WHERE is_active;
CREATE UNIQUE INDEX system_config_single ON system_config ((true));

CREATE TABLE studio.job_runs (
    job_id uuid PRIMARY KEY REFERENCES jobs ON DELETE CASCADE,
    user_id uuid NOT NULL,
    lane text NOT NULL CHECK (lane IN ('image', 'video')),
    engine_id text NOT NULL,
    job_type text NOT NULL,
    state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'running', 'done')),
    priority integer NOT NULL DEFAULT 0,
    run_at timestamptz NOT NULL DEFAULT now(),
    attempt integer NOT NULL DEFAULT 0,
    worker text,
    lease_until timestamptz,
    cancel_requested boolean NOT NULL DEFAULT false,
    stage text NOT NULL DEFAULT 'waiting',
    output_index integer NOT NULL DEFAULT 0,
    step integer NOT NULL DEFAULT 0,
    steps integer NOT NULL DEFAULT 0,
    output_count integer NOT NULL DEFAULT 1,
    pixels bigint NOT NULL DEFAULT 0,
    run_seconds double precision,
    error_code text,
    retry_of uuid REFERENCES jobs ON DELETE SET NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    started_at timestamptz,
    finished_at timestamptz,
    CHECK ((state = 'running') = (lease_until IS NOT NULL))
);
CREATE INDEX job_runs_fair ON studio.job_runs (lane, user_id, priority DESC, run_at, job_id)
    WHERE state = 'waiting';
CREATE INDEX job_runs_running ON studio.job_runs (user_id) WHERE state = 'running';
CREATE INDEX job_runs_lease ON studio.job_runs (lease_until) WHERE state = 'running';
CREATE INDEX job_runs_measured ON studio.job_runs (engine_id, job_type, finished_at DESC)
    WHERE run_seconds IS NOT NULL;
CREATE INDEX job_runs_retry_of ON studio.job_runs (retry_of);

-- How much each person has been served lately, so that a newcomer is not behind a flood.
CREATE TABLE studio.fair_share (
    user_id uuid PRIMARY KEY REFERENCES auth.accounts ON DELETE CASCADE,
    served double precision NOT NULL DEFAULT 0,
    updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE UNLOGGED TABLE studio.job_previews (
    job_id uuid NOT NULL,
    output_index integer NOT NULL,
    user_id uuid NOT NULL,
    step integer NOT NULL,
    picture bytea NOT NULL,
    PRIMARY KEY (job_id, output_index)
);

CREATE TABLE studio.idempotency_keys (
    user_id uuid NOT NULL REFERENCES auth.accounts ON DELETE CASCADE,
    key text NOT NULL,
    request_hash text NOT NULL,
    job_id uuid NOT NULL REFERENCES jobs ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (user_id, key)
);
CREATE INDEX idempotency_keys_created ON studio.idempotency_keys (created_at);
CREATE INDEX idempotency_keys_job ON studio.idempotency_keys (job_id);

CREATE TABLE studio.workspace_files (
    asset_id uuid PRIMARY KEY REFERENCES workspace_assets ON DELETE CASCADE,
    user_id uuid NOT NULL,
    bucket text NOT NULL,
    key text NOT NULL,
    thumbnail_key text NOT NULL,
    thumbhash text NOT NULL,
    sha256 text NOT NULL,
    width integer NOT NULL,
    height integer NOT NULL
);

CREATE TABLE studio.library_files (
    asset_id uuid PRIMARY KEY REFERENCES user_library ON DELETE CASCADE,
    user_id uuid NOT NULL,
    source_asset_id uuid UNIQUE,
    job_id uuid REFERENCES jobs ON DELETE SET NULL,
    asset_index integer,
    enhanced_prompt text,
    settings jsonb NOT NULL DEFAULT '{}'::jsonb,
    bucket text NOT NULL,
    key text NOT NULL,
    thumbnail_key text NOT NULL,
    thumbhash text NOT NULL,
    sha256 text NOT NULL,
    width integer NOT NULL,
    height integer NOT NULL
);
CREATE INDEX library_files_job ON studio.library_files (job_id, asset_index);

CREATE TABLE studio.uploads (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id uuid NOT NULL REFERENCES auth.accounts ON DELETE CASCADE,
    mime_type text NOT NULL,
    file_size_bytes bigint NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    bucket text NOT NULL,
    key text NOT NULL,
    thumbnail_key text NOT NULL,
    thumbhash text NOT NULL,
    sha256 text NOT NULL,
    width integer NOT NULL,
    height integer NOT NULL
);
CREATE INDEX uploads_user ON studio.uploads (user_id, created_at DESC);

CREATE TABLE studio.events (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES auth.accounts ON DELETE CASCADE,
    type text NOT NULL,
    data jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX events_user ON studio.events (user_id, id);
CREATE INDEX events_created ON studio.events (created_at);

-- Words of kept assets, beside the inventory's table because it takes no further columns.
CREATE EXTENSION IF NOT EXISTS btree_gin;
CREATE TABLE studio.library_words (
    asset_id uuid PRIMARY KEY REFERENCES user_library ON DELETE CASCADE,
    user_id uuid NOT NULL,
    words tsvector NOT NULL
);
CREATE INDEX library_words_search ON studio.library_words USING gin (user_id, words);

CREATE FUNCTION studio.index_library_words() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    INSERT INTO studio.library_words (asset_id, user_id, words)
    VALUES (new.id, new.user_id,
            setweight(to_tsvector('english', coalesce(new.custom_title, '')), 'A')
            || setweight(to_tsvector('english', array_to_string(new.tags, ' ')), 'B')
            || setweight(to_tsvector('english', new.original_prompt), 'C'))
    ON CONFLICT (asset_id) DO UPDATE SET user_id = excluded.user_id, words = excluded.words;
    RETURN new;
END $$;
CREATE TRIGGER index_words AFTER INSERT OR UPDATE OF user_id, custom_title, tags, original_prompt
    ON user_library FOR EACH ROW EXECUTE FUNCTION studio.index_library_words();

CREATE FUNCTION studio.count_collection_assets() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    IF tg_op <> 'INSERT' AND old.collection_id IS NOT NULL THEN
        UPDATE public.user_collections SET asset_count = asset_count - 1 WHERE id = old.collection_id;
    END IF;
    IF tg_op <> 'DELETE' AND new.collection_id IS NOT NULL THEN
        UPDATE public.user_collections SET asset_count = asset_count + 1 WHERE id = new.collection_id;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER count_assets_insert AFTER INSERT OR DELETE ON user_library
    FOR EACH ROW EXECUTE FUNCTION studio.count_collection_assets();
CREATE TRIGGER count_assets_move AFTER UPDATE OF collection_id ON user_library
    FOR EACH ROW WHEN (old.collection_id IS DISTINCT FROM new.collection_id)
    EXECUTE FUNCTION studio.count_collection_assets();

CREATE FUNCTION studio.touch_updated_at() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    new.updated_at := now();
    RETURN new;
END $$;
DO $$
DECLARE name text;
BEGIN
    FOR name IN SELECT table_name FROM information_schema.columns
                WHERE table_schema = 'public' AND column_name = 'updated_at' LOOP
        EXECUTE format('CREATE TRIGGER touch_updated_at BEFORE UPDATE ON public.%I
                        FOR EACH ROW EXECUTE FUNCTION studio.touch_updated_at()', name);
    END LOOP;
END $$;

-- The states of section 8 of the behaviour page, held where no code can forget them.
CREATE FUNCTION studio.guard_job_status() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    IF old.status = new.status THEN
        RETURN new;
    END IF;
    IF old.status = 'completed'
       OR (old.status = 'failed' AND new.status <> 'queued')
       OR (old.status = 'queued' AND new.status = 'completed') THEN
        RAISE EXCEPTION 'a job cannot go from % to %', old.status, new.status
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN new;
END $$;
CREATE TRIGGER guard_status BEFORE UPDATE OF status ON jobs
    FOR EACH ROW EXECUTE FUNCTION studio.guard_job_status();

INSERT INTO system_config (id) VALUES (1);
