-- The history of templates. A version is written once; only its first publication is noted later.
CREATE TABLE studio.template_versions (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    template_id uuid NOT NULL REFERENCES public.prompt_templates ON DELETE CASCADE,
    number integer NOT NULL CHECK (number > 0),
    system_prompt text NOT NULL,
    token_limit integer,
    description text,
    comment text,
    message text NOT NULL CHECK (message <> ''),
    author_id uuid REFERENCES auth.accounts ON DELETE SET NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    published_at timestamptz,
    UNIQUE (template_id, number)
);
CREATE INDEX template_versions_author ON studio.template_versions (author_id);

-- Names that point at a version and may move, such as `tested`.
CREATE TABLE studio.template_labels (
    template_id uuid NOT NULL,
    label text NOT NULL CHECK (label ~ '^[a-z0-9][a-z0-9._-]{0,39}$'),
    number integer NOT NULL,
    PRIMARY KEY (template_id, label),
    FOREIGN KEY (template_id, number)
        REFERENCES studio.template_versions (template_id, number) ON DELETE CASCADE
);

CREATE FUNCTION studio.keep_template_version() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    IF to_jsonb(old) - '{published_at,author_id}'::text[]
       IS DISTINCT FROM to_jsonb(new) - '{published_at,author_id}'::text[]
       OR old.published_at IS NOT NULL AND new.published_at IS DISTINCT FROM old.published_at THEN
        RAISE EXCEPTION 'version % of a template stays as it was written', old.number
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN new;
END $$;
CREATE TRIGGER keep_version BEFORE UPDATE ON studio.template_versions
    FOR EACH ROW EXECUTE FUNCTION studio.keep_template_version();

INSERT INTO studio.template_versions (template_id, number, system_prompt, token_limit, description,
                                      comment, message, author_id, created_at, published_at)
SELECT id, greatest(coalesce(version, 1), 1), system_prompt, token_limit, description, comment,
       'As it was found', created_by, coalesce(updated_at, now()), coalesce(updated_at, now())
FROM public.prompt_templates;
UPDATE public.prompt_templates SET version = 1 WHERE version IS NULL OR version < 1;

-- Whoever writes a template, by the studio or past it, its history has the text: a change that is
-- no version yet becomes the next one.
CREATE FUNCTION studio.follow_template_change() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM studio.template_versions v
                   WHERE v.template_id = new.id AND v.number = new.version
                     AND (v.system_prompt, v.token_limit, v.description, v.comment)
                         IS NOT DISTINCT FROM
                         (new.system_prompt, new.token_limit, new.description, new.comment)) THEN
        SELECT max(v.number) + 1 INTO new.version
        FROM studio.template_versions v WHERE v.template_id = new.id;
        INSERT INTO studio.template_versions (template_id, number, system_prompt, token_limit,
                                              description, comment, message)
        VALUES (new.id, coalesce(new.version, 1), new.system_prompt, new.token_limit,
                new.description, new.comment, 'Changed past the studio');
        new.version := coalesce(new.version, 1);
    END IF;
    UPDATE studio.template_versions v SET published_at = now()
    WHERE v.template_id = new.id AND v.number = new.version AND v.published_at IS NULL
      AND new.is_active;
    RETURN new;
END $$;
CREATE TRIGGER follow_change
    BEFORE UPDATE OF system_prompt, token_limit, description, comment, version, is_active
    ON public.prompt_templates FOR EACH ROW EXECUTE FUNCTION studio.follow_template_change();

CREATE FUNCTION studio.begin_template_history() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    INSERT INTO studio.template_versions (template_id, number, system_prompt, token_limit,
                                          description, comment, message, author_id, published_at)
    SELECT id, version, system_prompt, token_limit, description, comment, 'First version',
           created_by, CASE WHEN is_active THEN now() END
    FROM public.prompt_templates WHERE id = new.id
    ON CONFLICT (template_id, number) DO NOTHING;
    RETURN NULL;
END $$;
-- At the end of the transaction, so that who writes a message with the template is not forestalled.
CREATE CONSTRAINT TRIGGER begin_history AFTER INSERT ON public.prompt_templates
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION studio.begin_template_history();
CREATE FUNCTION studio.number_template() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    new.version := greatest(coalesce(new.version, 1), 1);
    RETURN new;
END $$;
CREATE TRIGGER number_template BEFORE INSERT ON public.prompt_templates
    FOR EACH ROW EXECUTE FUNCTION studio.number_template();

GRANT SELECT, INSERT, UPDATE, DELETE ON studio.template_versions, studio.template_labels
    TO fabula_app;
DO $$
DECLARE
    name text;
    writer constant text := '(SELECT NOT studio.caller_is_guest())';
BEGIN
    FOREACH name IN ARRAY ARRAY['template_versions', 'template_labels'] LOOP
        EXECUTE format('ALTER TABLE studio.%I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY admin_all ON studio.%I FOR ALL TO fabula_app
            USING ((SELECT studio.caller_has(''admin'')))', name);
        EXECUTE format('CREATE POLICY read_review ON studio.%I FOR SELECT TO fabula_app
            USING ((SELECT studio.caller_has(''moderator'')))', name);
        EXECUTE format('CREATE POLICY no_guest_adds ON studio.%I AS RESTRICTIVE FOR INSERT
            TO fabula_app WITH CHECK (%s)', name, writer);
        EXECUTE format('CREATE POLICY no_guest_changes ON studio.%I AS RESTRICTIVE FOR UPDATE
            TO fabula_app USING (%s)', name, writer);
        EXECUTE format('CREATE POLICY no_guest_removes ON studio.%I AS RESTRICTIVE FOR DELETE
            TO fabula_app USING (%s)', name, writer);
    END LOOP;
END $$;

-- The list of templates: by what it is filtered by, and by words in it.
CREATE INDEX prompt_templates_page ON prompt_templates (created_at DESC, id DESC);
CREATE INDEX negative_prompts_page ON negative_prompts (model_type, content_mode, priority DESC);

-- What averages are made of. An average alone cannot take a rating back.
CREATE TABLE studio.rating_sums (
    subject text NOT NULL CHECK (subject IN ('preset', 'weights')),
    subject_id uuid NOT NULL,
    ratings integer NOT NULL CHECK (ratings >= 0),
    total numeric NOT NULL,
    PRIMARY KEY (subject, subject_id)
);
ALTER TABLE studio.rating_sums ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON studio.rating_sums TO fabula_app;
CREATE UNIQUE INDEX enhancement_presets_name ON enhancement_presets (lower(preset_name));
CREATE INDEX compel_configs_page ON compel_configs (created_at DESC, id DESC);

-- The prompt book. A prompt stays when its pictures and jobs are gone.
CREATE TABLE studio.prompt_history (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id uuid NOT NULL REFERENCES public.profiles ON DELETE CASCADE,
    prompt text NOT NULL,
    negative_prompt text NOT NULL DEFAULT '',
    format text NOT NULL CHECK (format IN ('image', 'video')),
    digest bytea NOT NULL CHECK (length(digest) = 32),
    uses integer NOT NULL DEFAULT 1,
    is_favorite boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT now(),
    last_used_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (user_id, digest)
);
CREATE INDEX prompt_history_page ON studio.prompt_history (user_id, last_used_at DESC, id DESC);
CREATE INDEX prompt_history_favorites ON studio.prompt_history (user_id, last_used_at DESC, id DESC)
    WHERE is_favorite;
CREATE TABLE studio.prompt_lists (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id uuid NOT NULL REFERENCES public.profiles ON DELETE CASCADE,
    name text NOT NULL CHECK (name ~ '^[A-Za-z0-9][A-Za-z0-9_./-]{0,59}$'),
    entries text[] NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (user_id, name)
);
CREATE TABLE studio.prompt_snippets (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id uuid NOT NULL REFERENCES public.profiles ON DELETE CASCADE,
    name text NOT NULL CHECK (name <> ''),
    text text NOT NULL CHECK (text <> ''),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (user_id, name)
);
GRANT SELECT, INSERT, UPDATE, DELETE
    ON studio.prompt_history, studio.prompt_lists, studio.prompt_snippets TO fabula_app;
DO $$
DECLARE
    name text;
    mine constant text := 'user_id = (SELECT studio.caller())';
    writer constant text := '(SELECT NOT studio.caller_is_guest())';
BEGIN
    FOREACH name IN ARRAY ARRAY['prompt_history', 'prompt_lists', 'prompt_snippets'] LOOP
        EXECUTE format('ALTER TABLE studio.%I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY own ON studio.%I FOR ALL TO fabula_app USING (%s)',
                       name, mine);
        EXECUTE format('CREATE POLICY no_guest_adds ON studio.%I AS RESTRICTIVE FOR INSERT
            TO fabula_app WITH CHECK (%s)', name, writer);
        EXECUTE format('CREATE POLICY no_guest_changes ON studio.%I AS RESTRICTIVE FOR UPDATE
            TO fabula_app USING (%s)', name, writer);
        EXECUTE format('CREATE POLICY no_guest_removes ON studio.%I AS RESTRICTIVE FOR DELETE
            TO fabula_app USING (%s)', name, writer);
    END LOOP;
END $$;
DO $$
DECLARE writer constant text := '(SELECT NOT studio.caller_is_guest())';
BEGIN
    EXECUTE format('CREATE POLICY no_guest_adds ON studio.rating_sums AS RESTRICTIVE FOR INSERT
        TO fabula_app WITH CHECK (%s)', writer);
    EXECUTE format('CREATE POLICY no_guest_changes ON studio.rating_sums AS RESTRICTIVE FOR UPDATE
        TO fabula_app USING (%s)', writer);
    EXECUTE format('CREATE POLICY no_guest_removes ON studio.rating_sums AS RESTRICTIVE FOR DELETE
        TO fabula_app USING (%s)', writer);
END $$;
