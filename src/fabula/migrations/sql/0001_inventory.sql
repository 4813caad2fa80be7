CREATE TYPE app_role AS ENUM ('admin', 'moderator', 'premium_user', 'basic_user', 'guest');

CREATE TABLE character_scenes (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    character_id uuid,
    conversation_id uuid,
    image_url text,
    scene_prompt text NOT NULL,
    generation_metadata jsonb DEFAULT '{}'::jsonb,
    job_id uuid,
    created_at timestamptz DEFAULT now(),
    updated_at timestamptz DEFAULT now(),
    CONSTRAINT character_scenes_pkey PRIMARY KEY (id)
);

CREATE TABLE characters (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    user_id uuid,
    name text NOT NULL,
    description text NOT NULL,
    traits text,
    appearance_tags text[],
    image_url text,
    created_at timestamptz DEFAULT now(),
    updated_at timestamptz DEFAULT now(),
    persona text,
    system_prompt text,
    voice_tone varchar,
    mood varchar,
    creator_id uuid,
    likes_count integer DEFAULT 0,
    interaction_count integer DEFAULT 0,
    reference_image_url text,
    is_public boolean DEFAULT true,
    gender text DEFAULT 'unspecified'::text,
    content_rating varchar DEFAULT 'sfw'::character varying NOT NULL,
    role text DEFAULT 'ai'::text,
    CONSTRAINT characters_pkey PRIMARY KEY (id),
    CONSTRAINT characters_content_rating_check CHECK (content_rating IN ('sfw', 'nsfw')),
    CONSTRAINT characters_gender_check CHECK (gender = ANY (ARRAY['male'::text, 'female'::text, 'non-binary'::text, 'unspecified'::text])),
    CONSTRAINT characters_role_check CHECK (role = ANY (ARRAY['ai'::text, 'user'::text, 'narrator'::text]))
);

CREATE TABLE compel_configs (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    config_name varchar NOT NULL,
    weights jsonb NOT NULL,
    config_hash varchar NOT NULL,
    total_tests integer DEFAULT 0,
    avg_quality numeric,
    avg_consistency numeric,
    is_active boolean DEFAULT false,
    created_at timestamptz DEFAULT now(),
    created_by uuid,
    CONSTRAINT compel_configs_pkey PRIMARY KEY (id),
    CONSTRAINT compel_configs_config_hash_key UNIQUE (config_hash)
);

CREATE TABLE conversations (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    user_id uuid NOT NULL,
    project_id uuid,
    title text DEFAULT 'New Conversation'::text NOT NULL,
    conversation_type text DEFAULT 'general'::text NOT NULL,
    status text DEFAULT 'active'::text NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL,
    character_id uuid,
    user_character_id uuid,
    CONSTRAINT conversations_pkey PRIMARY KEY (id)
);

CREATE TABLE enhancement_presets (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    preset_name varchar NOT NULL,
    preset_description text,
    enable_qwen boolean NOT NULL,
    enable_compel boolean NOT NULL,
    auto_enhancement boolean NOT NULL,
    compel_weights jsonb,
    qwen_settings jsonb,
    usage_count integer DEFAULT 0,
    avg_quality_with_preset numeric,
    is_recommended boolean DEFAULT false,
    created_at timestamptz DEFAULT now(),
    created_by uuid,
    CONSTRAINT enhancement_presets_pkey PRIMARY KEY (id)
);

CREATE TABLE images (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    user_id uuid NOT NULL,
    project_id uuid,
    title text,
    prompt text NOT NULL,
    enhanced_prompt text,
    image_url text,
    thumbnail_url text,
    generation_mode text DEFAULT 'standalone'::text NOT NULL,
    status text DEFAULT 'pending'::text NOT NULL,
    metadata jsonb,
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL,
    format text DEFAULT 'png'::text,
    quality text DEFAULT 'fast'::text,
    image_urls jsonb,
    signed_url text,
    signed_url_expires_at timestamptz,
    prompt_test_id uuid,
    test_metadata jsonb,
    file_size bigint,
    nsfw_score numeric,
    moderation_status text DEFAULT 'pending'::text,
    reviewed_at timestamptz,
    reviewed_by uuid,
    review_notes text,
    job_id uuid,
    image_index integer,
    reference_image_url text,
    reference_strength numeric DEFAULT 0.85,
    reference_type text DEFAULT 'character'::text,
    seed bigint,
    enhancement_strategy varchar,
    original_prompt text,
    enhancement_time_ms integer,
    quality_rating numeric,
    quality_improvement numeric,
    compel_weights jsonb,
    qwen_expansion_percentage numeric,
    CONSTRAINT images_pkey PRIMARY KEY (id)
);

CREATE TABLE jobs (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    video_id uuid,
    user_id uuid NOT NULL,
    job_type text NOT NULL,
    status text DEFAULT 'queued'::text,
    error_message text,
    attempts integer DEFAULT 0,
    max_attempts integer DEFAULT 3,
    metadata jsonb,
    created_at timestamptz DEFAULT now(),
    started_at timestamptz,
    completed_at timestamptz,
    project_id uuid,
    image_id uuid,
    format text,
    quality text,
    model_type text,
    prompt_test_id uuid,
    test_metadata jsonb,
    moderation_status text DEFAULT 'pending'::text,
    reviewed_at timestamptz,
    reviewed_by uuid,
    review_notes text,
    enhancement_strategy varchar,
    original_prompt text,
    enhanced_prompt text,
    enhancement_time_ms integer,
    quality_rating numeric,
    quality_improvement numeric,
    compel_weights jsonb,
    qwen_expansion_percentage numeric,
    destination text DEFAULT 'library'::text,
    workspace_session_id uuid,
    template_name text,
    CONSTRAINT jobs_pkey PRIMARY KEY (id),
    CONSTRAINT jobs_destination_check CHECK (destination = ANY (ARRAY['library'::text, 'workspace'::text])),
    CONSTRAINT jobs_format_check CHECK (format = ANY (ARRAY['image'::text, 'video'::text])),
    CONSTRAINT jobs_job_type_check CHECK (job_type = ANY (ARRAY['image_fast'::text, 'image_high'::text, 'video_fast'::text, 'video_high'::text, 'sdxl_image_fast'::text, 'sdxl_image_high'::text, 'image7b_fast_enhanced'::text, 'image7b_high_enhanced'::text, 'video7b_fast_enhanced'::text, 'video7b_high_enhanced'::text])),
    CONSTRAINT jobs_quality_check CHECK (quality = ANY (ARRAY['fast'::text, 'high'::text])),
    CONSTRAINT jobs_status_check CHECK (status = ANY (ARRAY['queued'::text, 'processing'::text, 'completed'::text, 'failed'::text]))
);

CREATE TABLE messages (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    conversation_id uuid NOT NULL,
    sender text NOT NULL,
    content text NOT NULL,
    message_type text DEFAULT 'text'::text NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT messages_pkey PRIMARY KEY (id),
    CONSTRAINT messages_sender_check CHECK (sender = ANY (ARRAY['user'::text, 'assistant'::text]))
);

CREATE TABLE model_config_history (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    model_type varchar NOT NULL,
    config_name varchar NOT NULL,
    config_data jsonb NOT NULL,
    is_active boolean DEFAULT false,
    created_by uuid,
    created_at timestamptz DEFAULT now(),
    notes text,
    CONSTRAINT model_config_history_pkey PRIMARY KEY (id),
    CONSTRAINT model_config_history_model_type_check CHECK (model_type IN ('SDXL', 'WAN'))
);

CREATE TABLE model_performance_logs (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    model_type varchar NOT NULL,
    date date NOT NULL,
    total_generations integer DEFAULT 0,
    successful_generations integer DEFAULT 0,
    failed_generations integer DEFAULT 0,
    avg_generation_time_ms integer,
    avg_quality_rating numeric,
    total_processing_time_ms integer,
    created_at timestamptz DEFAULT now(),
    updated_at timestamptz DEFAULT now(),
    CONSTRAINT model_performance_logs_pkey PRIMARY KEY (id),
    CONSTRAINT model_performance_logs_model_type_date_key UNIQUE (model_type, date),
    CONSTRAINT model_performance_logs_model_type_check CHECK (model_type IN ('SDXL', 'WAN'))
);

CREATE TABLE model_test_results (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    user_id uuid,
    model_type varchar NOT NULL,
    model_version varchar,
    prompt_text text NOT NULL,
    success boolean DEFAULT true NOT NULL,
    overall_quality integer,
    technical_quality integer,
    content_quality integer,
    consistency integer,
    test_series varchar NOT NULL,
    test_tier varchar NOT NULL,
    test_category varchar,
    test_metadata jsonb DEFAULT '{}'::jsonb NOT NULL,
    job_id uuid,
    image_id uuid,
    video_id uuid,
    generation_time_ms integer,
    file_size_bytes integer,
    notes text,
    created_at timestamptz DEFAULT now(),
    updated_at timestamptz DEFAULT now(),
    enhancement_strategy varchar,
    original_prompt text,
    enhanced_prompt text,
    enhancement_time_ms integer,
    quality_improvement numeric,
    compel_weights jsonb,
    qwen_expansion_percentage numeric,
    baseline_quality numeric,
    CONSTRAINT model_test_results_pkey PRIMARY KEY (id),
    CONSTRAINT model_test_results_consistency_check CHECK (consistency >= 0 AND consistency <= 10),
    CONSTRAINT model_test_results_content_quality_check CHECK (content_quality >= 0 AND content_quality <= 10),
    CONSTRAINT model_test_results_model_type_check CHECK (model_type IN ('SDXL', 'WAN', 'LORA')),
    CONSTRAINT model_test_results_overall_quality_check CHECK (overall_quality >= 0 AND overall_quality <= 10),
    CONSTRAINT model_test_results_technical_quality_check CHECK (technical_quality >= 0 AND technical_quality <= 10),
    CONSTRAINT model_test_results_test_tier_check CHECK (test_tier IN ('artistic', 'explicit', 'unrestricted'))
);

CREATE TABLE negative_prompts (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    model_type varchar DEFAULT 'sdxl'::character varying NOT NULL,
    content_mode varchar DEFAULT 'nsfw'::character varying NOT NULL,
    negative_prompt text NOT NULL,
    is_active boolean DEFAULT true,
    priority integer DEFAULT 1,
    created_at timestamptz DEFAULT now(),
    updated_at timestamptz DEFAULT now(),
    created_by uuid,
    description text,
    CONSTRAINT negative_prompts_pkey PRIMARY KEY (id),
    CONSTRAINT unique_negative_prompt_per_model_mode UNIQUE (model_type, content_mode, negative_prompt)
);

CREATE TABLE profiles (
    id uuid NOT NULL,
    username text,
    subscription_status text DEFAULT 'inactive'::text,
    token_balance integer DEFAULT 100,
    created_at timestamptz DEFAULT now(),
    updated_at timestamptz DEFAULT now(),
    age_verified boolean DEFAULT false,
    CONSTRAINT profiles_pkey PRIMARY KEY (id),
    CONSTRAINT profiles_username_key UNIQUE (username),
    CONSTRAINT profiles_subscription_status_check CHECK (subscription_status = ANY (ARRAY['inactive'::text, 'starter'::text, 'pro'::text, 'creator'::text]))
);

CREATE TABLE projects (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    user_id uuid NOT NULL,
    title text,
    original_prompt text NOT NULL,
    enhanced_prompt text,
    media_type text NOT NULL,
    duration integer DEFAULT 0,
    scene_count integer DEFAULT 1,
    workflow_step text DEFAULT 'configuration'::text,
    character_id uuid,
    created_at timestamptz DEFAULT now(),
    updated_at timestamptz DEFAULT now(),
    preview_url text,
    reference_image_url text,
    CONSTRAINT projects_pkey PRIMARY KEY (id),
    CONSTRAINT projects_media_type_check CHECK (media_type = ANY (ARRAY['image'::text, 'video'::text])),
    CONSTRAINT projects_workflow_step_check CHECK (workflow_step = ANY (ARRAY['configuration'::text, 'character_selection'::text, 'story_breakdown'::text, 'storyboard_generation'::text, 'video_generation'::text, 'completed'::text]))
);

CREATE TABLE prompt_ab_tests (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    test_name varchar NOT NULL,
    test_series varchar NOT NULL,
    baseline_config jsonb NOT NULL,
    enhanced_config jsonb NOT NULL,
    total_participants integer DEFAULT 0,
    baseline_avg_quality numeric,
    enhanced_avg_quality numeric,
    quality_improvement numeric,
    confidence_level numeric,
    is_complete boolean DEFAULT false,
    created_at timestamptz DEFAULT now(),
    completed_at timestamptz,
    CONSTRAINT prompt_ab_tests_pkey PRIMARY KEY (id)
);

CREATE TABLE prompt_templates (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    enhancer_model varchar NOT NULL,
    use_case varchar NOT NULL,
    content_mode varchar DEFAULT 'nsfw'::character varying NOT NULL,
    template_name varchar NOT NULL,
    system_prompt text NOT NULL,
    token_limit integer DEFAULT 512,
    is_active boolean DEFAULT true,
    created_at timestamptz DEFAULT now(),
    updated_at timestamptz DEFAULT now(),
    created_by uuid,
    version integer DEFAULT 1,
    metadata jsonb DEFAULT '{}'::jsonb,
    job_type text,
    target_model text,
    description text,
    comment text,
    CONSTRAINT prompt_templates_pkey PRIMARY KEY (id),
    CONSTRAINT unique_template_per_model_usecase_mode UNIQUE (enhancer_model, use_case, content_mode, template_name),
    CONSTRAINT prompt_templates_job_type_check CHECK (job_type = ANY (ARRAY['chat'::text, 'image'::text, 'video'::text])),
    CONSTRAINT prompt_templates_target_model_check CHECK (target_model = ANY (ARRAY['sdxl'::text, 'wan'::text]))
);

CREATE TABLE scenes (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    project_id uuid NOT NULL,
    scene_number integer NOT NULL,
    description text NOT NULL,
    enhanced_prompt text,
    image_url text,
    approved boolean DEFAULT false,
    created_at timestamptz DEFAULT now(),
    updated_at timestamptz DEFAULT now(),
    final_stitched_url text,
    CONSTRAINT scenes_pkey PRIMARY KEY (id),
    CONSTRAINT scenes_project_id_scene_number_key UNIQUE (project_id, scene_number)
);

CREATE TABLE system_config (
    id bigint DEFAULT 1 NOT NULL,
    config jsonb DEFAULT '{}'::jsonb NOT NULL,
    created_at timestamptz DEFAULT now(),
    updated_at timestamptz DEFAULT now(),
    CONSTRAINT system_config_pkey PRIMARY KEY (id)
);

CREATE TABLE usage_logs (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    user_id uuid NOT NULL,
    action text NOT NULL,
    credits_consumed numeric DEFAULT 1.0,
    metadata jsonb,
    created_at timestamptz DEFAULT now(),
    format text,
    quality text,
    CONSTRAINT usage_logs_pkey PRIMARY KEY (id)
);

CREATE TABLE user_activity_log (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    user_id uuid,
    action text NOT NULL,
    resource_type text,
    resource_id text,
    metadata jsonb DEFAULT '{}'::jsonb,
    ip_address inet,
    user_agent text,
    created_at timestamptz DEFAULT now(),
    CONSTRAINT user_activity_log_pkey PRIMARY KEY (id)
);

CREATE TABLE user_collections (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    user_id uuid NOT NULL,
    name text NOT NULL,
    description text,
    asset_count integer DEFAULT 0,
    created_at timestamptz DEFAULT now(),
    CONSTRAINT user_collections_pkey PRIMARY KEY (id)
);

CREATE TABLE user_library (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    user_id uuid NOT NULL,
    asset_type text NOT NULL,
    storage_path text NOT NULL,
    file_size_bytes bigint NOT NULL,
    mime_type text NOT NULL,
    duration_seconds numeric,
    original_prompt text NOT NULL,
    model_used text NOT NULL,
    generation_seed bigint,
    collection_id uuid,
    custom_title text,
    tags text[] DEFAULT '{}'::text[],
    is_favorite boolean DEFAULT false,
    visibility text DEFAULT 'private'::text,
    created_at timestamptz DEFAULT now(),
    updated_at timestamptz DEFAULT now(),
    CONSTRAINT user_library_pkey PRIMARY KEY (id),
    CONSTRAINT user_library_asset_type_check CHECK (asset_type = ANY (ARRAY['image'::text, 'video'::text])),
    CONSTRAINT user_library_visibility_check CHECK (visibility = ANY (ARRAY['private'::text, 'unlisted'::text, 'public'::text]))
);

CREATE TABLE user_roles (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    user_id uuid NOT NULL,
    role app_role NOT NULL,
    created_at timestamptz DEFAULT now(),
    CONSTRAINT user_roles_pkey PRIMARY KEY (id),
    CONSTRAINT user_roles_user_id_role_key UNIQUE (user_id, role)
);

CREATE TABLE videos (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    project_id uuid,
    user_id uuid NOT NULL,
    thumbnail_url text,
    video_url text,
    status text DEFAULT 'draft'::text,
    duration integer DEFAULT 5,
    resolution text DEFAULT '720p'::text,
    format text DEFAULT 'mp4'::text,
    created_at timestamptz DEFAULT now(),
    completed_at timestamptz,
    expires_at timestamptz DEFAULT (now() + '30 days'::interval),
    preview_url text,
    reference_image_url text,
    updated_at timestamptz DEFAULT now(),
    error_message text,
    signed_url text,
    signed_url_expires_at timestamptz,
    metadata jsonb,
    title text,
    enhancement_strategy varchar,
    original_prompt text,
    enhanced_prompt text,
    enhancement_time_ms integer,
    quality_rating numeric,
    quality_improvement numeric,
    compel_weights jsonb,
    qwen_expansion_percentage numeric,
    CONSTRAINT videos_pkey PRIMARY KEY (id),
    CONSTRAINT videos_status_check CHECK (status = ANY (ARRAY['draft'::text, 'queued'::text, 'processing'::text, 'generating'::text, 'completed'::text, 'failed'::text, 'cancelled'::text]))
);

CREATE TABLE workspace_assets (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    user_id uuid NOT NULL,
    asset_type text NOT NULL,
    temp_storage_path text NOT NULL,
    file_size_bytes bigint NOT NULL,
    mime_type text NOT NULL,
    duration_seconds numeric,
    job_id uuid NOT NULL,
    asset_index integer DEFAULT 0 NOT NULL,
    generation_seed bigint NOT NULL,
    original_prompt text NOT NULL,
    model_used text NOT NULL,
    generation_settings jsonb DEFAULT '{}'::jsonb,
    created_at timestamptz DEFAULT now(),
    expires_at timestamptz DEFAULT (now() + '7 days'::interval),
    CONSTRAINT workspace_assets_pkey PRIMARY KEY (id),
    CONSTRAINT workspace_assets_job_id_asset_index_unique UNIQUE (job_id, asset_index),
    CONSTRAINT workspace_assets_user_id_job_id_asset_index_key UNIQUE (user_id, job_id, asset_index),
    CONSTRAINT workspace_assets_asset_type_check CHECK (asset_type = ANY (ARRAY['image'::text, 'video'::text]))
);

CREATE TABLE workspace_items (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    session_id uuid NOT NULL,
    job_id uuid,
    user_id uuid NOT NULL,
    prompt text NOT NULL,
    enhanced_prompt text,
    content_type text NOT NULL,
    model_type text,
    quality text,
    storage_path text,
    bucket_name text,
    url text,
    thumbnail_url text,
    generation_params jsonb DEFAULT '{}'::jsonb,
    seed integer,
    reference_image_url text,
    reference_strength numeric,
    status text DEFAULT 'generated'::text,
    metadata jsonb DEFAULT '{}'::jsonb,
    created_at timestamptz DEFAULT now(),
    updated_at timestamptz DEFAULT now(),
    CONSTRAINT workspace_items_pkey PRIMARY KEY (id),
    CONSTRAINT workspace_items_content_type_check CHECK (content_type = ANY (ARRAY['image'::text, 'video'::text])),
    CONSTRAINT workspace_items_quality_check CHECK (quality = ANY (ARRAY['fast'::text, 'high'::text])),
    CONSTRAINT workspace_items_status_check CHECK (status = ANY (ARRAY['generating'::text, 'generated'::text, 'failed'::text, 'saved'::text]))
);

CREATE TABLE workspace_sessions (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    user_id uuid NOT NULL,
    session_name text DEFAULT 'Workspace Session'::text,
    created_at timestamptz DEFAULT now(),
    updated_at timestamptz DEFAULT now(),
    is_active boolean DEFAULT true,
    metadata jsonb DEFAULT '{}'::jsonb,
    CONSTRAINT workspace_sessions_pkey PRIMARY KEY (id)
);

ALTER TABLE character_scenes ADD CONSTRAINT character_scenes_job_id_fkey FOREIGN KEY (job_id)
    REFERENCES jobs (id) ON DELETE SET NULL;
ALTER TABLE character_scenes ADD CONSTRAINT character_scenes_character_id_fkey FOREIGN KEY (character_id)
    REFERENCES characters (id) ON DELETE CASCADE;
ALTER TABLE character_scenes ADD CONSTRAINT character_scenes_conversation_id_fkey FOREIGN KEY (conversation_id)
    REFERENCES conversations (id) ON DELETE CASCADE;
ALTER TABLE characters ADD CONSTRAINT characters_creator_id_fkey FOREIGN KEY (creator_id)
    REFERENCES profiles (id) ON DELETE SET NULL;
ALTER TABLE characters ADD CONSTRAINT characters_user_id_fkey FOREIGN KEY (user_id)
    REFERENCES profiles (id) ON DELETE CASCADE;
ALTER TABLE conversations ADD CONSTRAINT conversations_project_id_fkey FOREIGN KEY (project_id)
    REFERENCES projects (id) ON DELETE SET NULL;
ALTER TABLE conversations ADD CONSTRAINT conversations_user_character_id_fkey FOREIGN KEY (user_character_id)
    REFERENCES characters (id) ON DELETE SET NULL;
ALTER TABLE conversations ADD CONSTRAINT conversations_character_id_fkey FOREIGN KEY (character_id)
    REFERENCES characters (id) ON DELETE SET NULL;
ALTER TABLE images ADD CONSTRAINT images_project_id_fkey FOREIGN KEY (project_id)
    REFERENCES projects (id) ON DELETE SET NULL;
ALTER TABLE images ADD CONSTRAINT images_job_id_fkey FOREIGN KEY (job_id)
    REFERENCES jobs (id) ON DELETE SET NULL;
ALTER TABLE images ADD CONSTRAINT images_reviewed_by_fkey FOREIGN KEY (reviewed_by)
    REFERENCES profiles (id) ON DELETE SET NULL;
ALTER TABLE jobs ADD CONSTRAINT jobs_user_id_fkey FOREIGN KEY (user_id)
    REFERENCES profiles (id) ON DELETE CASCADE;
ALTER TABLE jobs ADD CONSTRAINT jobs_image_id_fkey FOREIGN KEY (image_id)
    REFERENCES images (id) ON DELETE SET NULL;
ALTER TABLE jobs ADD CONSTRAINT jobs_project_id_fkey FOREIGN KEY (project_id)
    REFERENCES projects (id) ON DELETE SET NULL;
ALTER TABLE jobs ADD CONSTRAINT jobs_reviewed_by_fkey FOREIGN KEY (reviewed_by)
    REFERENCES profiles (id) ON DELETE SET NULL;
ALTER TABLE jobs ADD CONSTRAINT jobs_video_id_fkey FOREIGN KEY (video_id)
    REFERENCES videos (id) ON DELETE SET NULL;
ALTER TABLE jobs ADD CONSTRAINT jobs_workspace_session_id_fkey FOREIGN KEY (workspace_session_id)
    REFERENCES workspace_sessions (id) ON DELETE SET NULL;
ALTER TABLE messages ADD CONSTRAINT messages_conversation_id_fkey FOREIGN KEY (conversation_id)
    REFERENCES conversations (id) ON DELETE CASCADE;
ALTER TABLE model_config_history ADD CONSTRAINT model_config_history_created_by_fkey FOREIGN KEY (created_by)
    REFERENCES profiles (id) ON DELETE SET NULL;
ALTER TABLE model_test_results ADD CONSTRAINT model_test_results_job_id_fkey FOREIGN KEY (job_id)
    REFERENCES jobs (id) ON DELETE SET NULL;
ALTER TABLE model_test_results ADD CONSTRAINT model_test_results_image_id_fkey FOREIGN KEY (image_id)
    REFERENCES images (id) ON DELETE SET NULL;
ALTER TABLE model_test_results ADD CONSTRAINT model_test_results_video_id_fkey FOREIGN KEY (video_id)
    REFERENCES videos (id) ON DELETE SET NULL;
ALTER TABLE projects ADD CONSTRAINT projects_user_id_fkey FOREIGN KEY (user_id)
    REFERENCES profiles (id) ON DELETE CASCADE;
ALTER TABLE projects ADD CONSTRAINT projects_character_id_fkey FOREIGN KEY (character_id)
    REFERENCES characters (id) ON DELETE SET NULL;
ALTER TABLE scenes ADD CONSTRAINT scenes_project_id_fkey FOREIGN KEY (project_id)
    REFERENCES projects (id) ON DELETE CASCADE;
ALTER TABLE usage_logs ADD CONSTRAINT usage_logs_user_id_fkey FOREIGN KEY (user_id)
    REFERENCES profiles (id) ON DELETE CASCADE;
ALTER TABLE user_activity_log ADD CONSTRAINT user_activity_log_user_id_fkey FOREIGN KEY (user_id)
    REFERENCES profiles (id) ON DELETE SET NULL;
ALTER TABLE user_library ADD CONSTRAINT user_library_collection_id_fkey FOREIGN KEY (collection_id)
    REFERENCES user_collections (id) ON DELETE SET NULL;
ALTER TABLE videos ADD CONSTRAINT videos_user_id_fkey FOREIGN KEY (user_id)
    REFERENCES profiles (id) ON DELETE CASCADE;
ALTER TABLE videos ADD CONSTRAINT videos_project_id_fkey FOREIGN KEY (project_id)
    REFERENCES projects (id) ON DELETE SET NULL;
ALTER TABLE workspace_items ADD CONSTRAINT workspace_items_user_id_fkey FOREIGN KEY (user_id)
    REFERENCES profiles (id) ON DELETE CASCADE;
ALTER TABLE workspace_items ADD CONSTRAINT workspace_items_session_id_fkey FOREIGN KEY (session_id)
    REFERENCES workspace_sessions (id) ON DELETE CASCADE;
ALTER TABLE workspace_items ADD CONSTRAINT workspace_items_job_id_fkey FOREIGN KEY (job_id)
    REFERENCES jobs (id) ON DELETE SET NULL;
ALTER TABLE workspace_sessions ADD CONSTRAINT workspace_sessions_user_id_fkey FOREIGN KEY (user_id)
    REFERENCES profiles (id) ON DELETE CASCADE;
ALTER TABLE profiles ADD CONSTRAINT profiles_id_account_fkey FOREIGN KEY (id)
    REFERENCES auth.accounts (id) ON DELETE CASCADE;
ALTER TABLE user_roles ADD CONSTRAINT user_roles_user_id_account_fkey FOREIGN KEY (user_id)
    REFERENCES auth.accounts (id) ON DELETE CASCADE;
ALTER TABLE user_library ADD CONSTRAINT user_library_user_id_account_fkey FOREIGN KEY (user_id)
    REFERENCES auth.accounts (id) ON DELETE CASCADE;
ALTER TABLE user_collections ADD CONSTRAINT user_collections_user_id_account_fkey FOREIGN KEY (user_id)
    REFERENCES auth.accounts (id) ON DELETE CASCADE;
ALTER TABLE workspace_assets ADD CONSTRAINT workspace_assets_user_id_account_fkey FOREIGN KEY (user_id)
    REFERENCES auth.accounts (id) ON DELETE CASCADE;
ALTER TABLE conversations ADD CONSTRAINT conversations_user_id_account_fkey FOREIGN KEY (user_id)
    REFERENCES auth.accounts (id) ON DELETE CASCADE;
ALTER TABLE images ADD CONSTRAINT images_user_id_account_fkey FOREIGN KEY (user_id)
    REFERENCES auth.accounts (id) ON DELETE CASCADE;
ALTER TABLE model_test_results ADD CONSTRAINT model_test_results_user_id_account_fkey FOREIGN KEY (user_id)
    REFERENCES auth.accounts (id) ON DELETE CASCADE;
ALTER TABLE compel_configs ADD CONSTRAINT compel_configs_created_by_account_fkey FOREIGN KEY (created_by)
    REFERENCES auth.accounts (id) ON DELETE SET NULL;
ALTER TABLE enhancement_presets ADD CONSTRAINT enhancement_presets_created_by_account_fkey FOREIGN KEY (created_by)
    REFERENCES auth.accounts (id) ON DELETE SET NULL;
ALTER TABLE negative_prompts ADD CONSTRAINT negative_prompts_created_by_account_fkey FOREIGN KEY (created_by)
    REFERENCES auth.accounts (id) ON DELETE SET NULL;
ALTER TABLE prompt_templates ADD CONSTRAINT prompt_templates_created_by_account_fkey FOREIGN KEY (created_by)
    REFERENCES auth.accounts (id) ON DELETE SET NULL;

CREATE INDEX idx_character_scenes_character_id ON character_scenes USING btree (character_id);
CREATE INDEX idx_character_scenes_conversation_id ON character_scenes USING btree (conversation_id);
CREATE INDEX idx_character_scenes_created_at ON character_scenes USING btree (created_at DESC);
CREATE INDEX idx_characters_role ON characters USING btree (role);
CREATE INDEX idx_characters_user_id ON characters USING btree (user_id);
CREATE INDEX idx_characters_user_id_role ON characters USING btree (user_id, role);
CREATE INDEX idx_conversations_user_character_id ON conversations USING btree (user_character_id);
CREATE INDEX idx_images_created_at ON images USING btree (created_at);
CREATE INDEX idx_images_enhancement_strategy ON images USING btree (enhancement_strategy);
CREATE INDEX idx_images_job_id ON images USING btree (job_id);
CREATE INDEX idx_images_project_id ON images USING btree (project_id);
CREATE INDEX idx_images_prompt_test_id ON images USING btree (prompt_test_id);
CREATE INDEX idx_images_quality_rating ON images USING btree (quality_rating);
CREATE INDEX idx_images_reference ON images USING btree (reference_image_url) WHERE (reference_image_url IS NOT NULL);
CREATE INDEX idx_images_reviewed_by ON images USING btree (reviewed_by);
CREATE INDEX idx_images_seed ON images USING btree (seed) WHERE (seed IS NOT NULL);
CREATE INDEX idx_images_status ON images USING btree (status);
CREATE INDEX idx_images_user_created ON images USING btree (user_id, created_at DESC);
CREATE INDEX idx_images_user_id ON images USING btree (user_id);
CREATE INDEX idx_images_user_quality_created ON images USING btree (user_id, quality, created_at DESC);
CREATE INDEX idx_images_user_status_created ON images USING btree (user_id, status, created_at DESC);
CREATE INDEX idx_jobs_asset_lookup ON jobs USING btree (user_id, image_id, video_id, status, job_type);
CREATE INDEX idx_jobs_cleanup ON jobs USING btree (status, created_at) WHERE (status = ANY (ARRAY['processing'::text, 'queued'::text, 'failed'::text]));
CREATE INDEX idx_jobs_created_at ON jobs USING btree (created_at);
CREATE INDEX idx_jobs_destination ON jobs USING btree (destination);
CREATE INDEX idx_jobs_enhancement_strategy ON jobs USING btree (enhancement_strategy);
CREATE INDEX idx_jobs_format_quality ON jobs USING btree (format, quality);
CREATE INDEX idx_jobs_image_id ON jobs USING btree (image_id);
CREATE INDEX idx_jobs_model_type ON jobs USING btree (model_type);
CREATE INDEX idx_jobs_project_id ON jobs USING btree (project_id);
CREATE INDEX idx_jobs_quality_rating ON jobs USING btree (quality_rating);
CREATE INDEX idx_jobs_reviewed_by ON jobs USING btree (reviewed_by);
CREATE INDEX idx_jobs_status_created ON jobs USING btree (status, created_at) WHERE (status = ANY (ARRAY['processing'::text, 'queued'::text]));
CREATE INDEX idx_jobs_user_status_created ON jobs USING btree (user_id, status, created_at DESC);
CREATE INDEX idx_jobs_video_id ON jobs USING btree (video_id) WHERE (video_id IS NOT NULL);
CREATE INDEX idx_jobs_workspace_session ON jobs USING btree (workspace_session_id);
CREATE INDEX idx_model_config_history_created_by ON model_config_history USING btree (created_by);
CREATE INDEX idx_model_test_results_created_at ON model_test_results USING btree (created_at);
CREATE INDEX idx_model_test_results_enhancement_strategy ON model_test_results USING btree (enhancement_strategy);
CREATE INDEX idx_model_test_results_image_id ON model_test_results USING btree (image_id);
CREATE INDEX idx_model_test_results_job_id ON model_test_results USING btree (job_id);
CREATE INDEX idx_model_test_results_quality_improvement ON model_test_results USING btree (quality_improvement);
CREATE INDEX idx_model_test_results_video_id ON model_test_results USING btree (video_id);
CREATE INDEX idx_projects_character_id ON projects USING btree (character_id);
CREATE INDEX idx_projects_user_id ON projects USING btree (user_id);
CREATE INDEX idx_usage_logs_format_quality ON usage_logs USING btree (format, quality);
CREATE INDEX idx_usage_logs_user_id ON usage_logs USING btree (user_id);
CREATE INDEX idx_user_activity_log_created_at ON user_activity_log USING btree (created_at);
CREATE INDEX idx_collections_user ON user_collections USING btree (user_id, created_at DESC);
CREATE INDEX idx_library_collection ON user_library USING btree (collection_id, created_at DESC);
CREATE INDEX idx_library_user_created ON user_library USING btree (user_id, created_at DESC);
CREATE INDEX idx_videos_created_at ON videos USING btree (created_at);
CREATE INDEX idx_videos_enhancement_strategy ON videos USING btree (enhancement_strategy);
CREATE INDEX idx_videos_project_id ON videos USING btree (project_id);
CREATE INDEX idx_videos_quality_rating ON videos USING btree (quality_rating);
CREATE INDEX idx_videos_user_created ON videos USING btree (user_id, created_at DESC);
CREATE INDEX idx_videos_user_id ON videos USING btree (user_id);
CREATE INDEX idx_videos_user_status_created ON videos USING btree (user_id, status, created_at DESC);
CREATE INDEX idx_workspace_expires ON workspace_assets USING btree (expires_at);
CREATE INDEX idx_workspace_job ON workspace_assets USING btree (job_id, asset_index);
CREATE INDEX idx_workspace_user_created ON workspace_assets USING btree (user_id, created_at DESC);
CREATE INDEX idx_workspace_items_job_id ON workspace_items USING btree (job_id);
CREATE INDEX idx_workspace_items_job_id_session ON workspace_items USING btree (job_id, session_id);
CREATE INDEX idx_workspace_items_session_id ON workspace_items USING btree (session_id);
CREATE INDEX idx_workspace_items_status ON workspace_items USING btree (status);
CREATE INDEX idx_workspace_items_user_created ON workspace_items USING btree (user_id, created_at DESC);
CREATE INDEX idx_workspace_items_user_id ON workspace_items USING btree (user_id);
CREATE INDEX idx_workspace_sessions_active ON workspace_sessions USING btree (is_active);
CREATE INDEX idx_workspace_sessions_user_id ON workspace_sessions USING btree (user_id);
