-- What lies in the folders of models, as it was found there: a row for each file, or folder that is a
-- model. Files come and go past the studio, so the disk is right and this is what was last seen.
CREATE TABLE studio.model_files (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    path text NOT NULL UNIQUE,
    root text NOT NULL,
    name text NOT NULL,
    kind text NOT NULL,
    family text NOT NULL DEFAULT '',
    title text NOT NULL DEFAULT '',
    author text NOT NULL DEFAULT '',
    licence text NOT NULL DEFAULT '',
    description text NOT NULL DEFAULT '',
    triggers text[] NOT NULL DEFAULT '{}',
    resolution text NOT NULL DEFAULT '',
    prediction_type text NOT NULL DEFAULT '',
    "precision" text NOT NULL DEFAULT '',
    parameters bigint NOT NULL DEFAULT 0,
    folder boolean NOT NULL DEFAULT false,
    size bigint NOT NULL CHECK (size >= 0),
    modified bigint NOT NULL,
    fault text NOT NULL DEFAULT '',
    preview bytea,
    tensors_at bigint NOT NULL DEFAULT 0,
    tensor_sha256 text NOT NULL DEFAULT '',
    sha256 text CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    hashed bigint NOT NULL DEFAULT 0,
    hash_agrees boolean,
    missing_since timestamptz,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX model_files_page ON studio.model_files (created_at DESC, id DESC);
CREATE INDEX model_files_name ON studio.model_files (kind, name);

-- Files on their way in. How much is there is the length of the part file on the disk.
CREATE TABLE studio.model_uploads (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    name text NOT NULL,
    size bigint NOT NULL CHECK (size > 0),
    sha256 text CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    created_at timestamptz NOT NULL DEFAULT now(),
    touched_at timestamptz NOT NULL DEFAULT now()
);

-- How many jobs asked for a model or LoRA of the studio's own engines by its name. A sum, so that it
-- need not be counted over all jobs; it names nobody.
CREATE TABLE studio.model_uses (
    kind text NOT NULL CHECK (kind IN ('checkpoint', 'lora')),
    name text NOT NULL,
    uses bigint NOT NULL DEFAULT 1,
    last_used_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (kind, name)
);

-- Only the machine reads and writes them, after the studio's own functions asked for the permission.
ALTER TABLE studio.model_files ENABLE ROW LEVEL SECURITY;
ALTER TABLE studio.model_uploads ENABLE ROW LEVEL SECURITY;
ALTER TABLE studio.model_uses ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON studio.model_files, studio.model_uploads, studio.model_uses TO fabula_app;
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY '{model_files,model_uploads,model_uses}'::text[] LOOP
        EXECUTE format('CREATE POLICY no_guest_adds ON studio.%I AS RESTRICTIVE FOR INSERT '
            'TO fabula_app WITH CHECK ((SELECT NOT studio.caller_is_guest()))', name);
        EXECUTE format('CREATE POLICY no_guest_changes ON studio.%I AS RESTRICTIVE FOR UPDATE '
            'TO fabula_app USING ((SELECT NOT studio.caller_is_guest()))', name);
        EXECUTE format('CREATE POLICY no_guest_removes ON studio.%I AS RESTRICTIVE FOR DELETE '
            'TO fabula_app USING ((SELECT NOT studio.caller_is_guest()))', name);
    END LOOP;
END $$;
