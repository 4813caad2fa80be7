-- Servers that draw or write for the studio: ComfyUI, AUTOMATIC1111's API, OpenAI's API. The key is
-- encrypted under one that is derived from the studio's secret, and bound to the row's id. What was
-- found when the server was last asked stands beside it, for every process to read.
CREATE TABLE studio.engine_servers (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    engine_id text NOT NULL UNIQUE CHECK (engine_id ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
    kind text NOT NULL CHECK (kind IN ('comfyui', 'a1111', 'openai-images', 'openai-chat')),
    name text NOT NULL UNIQUE CHECK (length(name) BETWEEN 1 AND 60),
    address text NOT NULL CHECK (address ~ '^https?://' AND length(address) <= 300),
    sealed_key text,
    model text NOT NULL DEFAULT '',
    workflow jsonb,
    enabled boolean NOT NULL DEFAULT true,
    facts jsonb NOT NULL DEFAULT '{}',
    fault text NOT NULL DEFAULT '',
    checked_at timestamptz,
    answer_ms integer CHECK (answer_ms >= 0),
    created_at timestamptz NOT NULL DEFAULT now(),
    CHECK (workflow IS NULL OR kind = 'comfyui')
);
CREATE INDEX engine_servers_page ON studio.engine_servers (created_at DESC, id DESC);

-- Only the machine reads it, after the studio's own functions asked for the permission.
ALTER TABLE studio.engine_servers ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON studio.engine_servers TO fabula_app;
CREATE POLICY no_guest_adds ON studio.engine_servers AS RESTRICTIVE FOR INSERT TO fabula_app
    WITH CHECK ((SELECT NOT studio.caller_is_guest()));
CREATE POLICY no_guest_changes ON studio.engine_servers AS RESTRICTIVE FOR UPDATE TO fabula_app
    USING ((SELECT NOT studio.caller_is_guest()));
CREATE POLICY no_guest_removes ON studio.engine_servers AS RESTRICTIVE FOR DELETE TO fabula_app
    USING ((SELECT NOT studio.caller_is_guest()));
