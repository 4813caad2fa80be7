-- The workers that run, as they tell of themselves every few seconds. The row goes with its worker;
-- one that was silent for long is swept by the others.
CREATE TABLE studio.workers (
    id uuid PRIMARY KEY,
    name text NOT NULL UNIQUE CHECK (name <> ''),
    role text NOT NULL CHECK (role IN ('worker', 'server')),
    machine text NOT NULL,
    version text NOT NULL,
    lanes text[] NOT NULL DEFAULT '{}',
    slots integer NOT NULL DEFAULT 0 CHECK (slots >= 0),
    cores integer NOT NULL CHECK (cores > 0),
    ram_bytes bigint NOT NULL CHECK (ram_bytes >= 0),
    ram_free_bytes bigint NOT NULL CHECK (ram_free_bytes >= 0),
    device text NOT NULL DEFAULT '',
    device_bytes bigint CHECK (device_bytes >= 0),
    device_free_bytes bigint CHECK (device_free_bytes >= 0),
    engines jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(engines) = 'array'),
    created_at timestamptz NOT NULL DEFAULT now(),
    beat_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX workers_page ON studio.workers (created_at DESC, id DESC);

-- What an engine with a model took and how quick it was on a machine; an empty model is the usual
-- one. Peaks follow the last runs: a higher one counts at once, a lower one little by little.
CREATE TABLE studio.engine_measurements (
    id uuid NOT NULL DEFAULT gen_random_uuid() UNIQUE,
    machine text NOT NULL,
    engine_id text NOT NULL,
    model text NOT NULL,
    ram_bytes bigint NOT NULL DEFAULT 0 CHECK (ram_bytes >= 0),
    device_bytes bigint NOT NULL DEFAULT 0 CHECK (device_bytes >= 0),
    load_seconds double precision CHECK (load_seconds >= 0),
    steps_per_second double precision CHECK (steps_per_second >= 0),
    tokens_per_second double precision CHECK (tokens_per_second >= 0),
    fault text NOT NULL DEFAULT '',
    fault_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    measured_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (machine, engine_id, model)
);
CREATE INDEX engine_measurements_page ON studio.engine_measurements (created_at DESC, id DESC);

-- The model that a job names, an empty text for the usual one: a worker that has it loaded takes
-- such a job first among equals.
ALTER TABLE studio.job_runs ADD COLUMN model text NOT NULL DEFAULT '';

-- Only the machine reads and writes them, after the studio's own functions asked for the permission.
DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['workers', 'engine_measurements'] LOOP
        EXECUTE format('ALTER TABLE studio.%I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('GRANT SELECT ON studio.%I TO fabula_app', name);
        EXECUTE format('CREATE POLICY no_guest_adds ON studio.%I AS RESTRICTIVE FOR INSERT '
                       'TO fabula_app WITH CHECK ((SELECT NOT studio.caller_is_guest()))', name);
        EXECUTE format('CREATE POLICY no_guest_changes ON studio.%I AS RESTRICTIVE FOR UPDATE '
                       'TO fabula_app USING ((SELECT NOT studio.caller_is_guest()))', name);
        EXECUTE format('CREATE POLICY no_guest_removes ON studio.%I AS RESTRICTIVE FOR DELETE '
                       'TO fabula_app USING ((SELECT NOT studio.caller_is_guest()))', name);
    END LOOP;
END $$;
