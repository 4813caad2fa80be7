SELECT jsonb_pretty(coalesce(jsonb_object_agg(t.relname, jsonb_build_object(
    'columns', (
        SELECT coalesce(jsonb_agg(jsonb_build_object(
            'ordinal', c.ordinal_position, 'name', c.column_name, 'data_type', c.data_type,
            'udt', c.udt_name, 'nullable', c.is_nullable = 'YES', 'default', c.column_default
        ) ORDER BY c.ordinal_position), '[]')
        FROM information_schema.columns c
        WHERE c.table_schema = 'public' AND c.table_name = t.relname),
    'primary_key', (
        SELECT coalesce(jsonb_agg(a.attname ORDER BY k.place), '[]')
        FROM pg_constraint p, unnest(p.conkey) WITH ORDINALITY AS k (attnum, place), pg_attribute a
        WHERE p.conrelid = t.oid AND p.contype = 'p'
          AND a.attrelid = t.oid AND a.attnum = k.attnum),
    'foreign_keys', (
        SELECT coalesce(jsonb_agg(jsonb_build_object(
            'name', f.conname, 'column', mine.names, 'ref_schema', n.nspname,
            'ref_table', r.relname, 'ref_column', theirs.names
        ) ORDER BY f.conname), '[]')
        FROM pg_constraint f
        JOIN pg_class r ON r.oid = f.confrelid
        JOIN pg_namespace n ON n.oid = r.relnamespace,
        LATERAL (SELECT string_agg(a.attname, ', ' ORDER BY k.place) AS names
                 FROM unnest(f.conkey) WITH ORDINALITY AS k (attnum, place)
                 JOIN pg_attribute a ON a.attrelid = f.conrelid AND a.attnum = k.attnum) mine,
        LATERAL (SELECT string_agg(a.attname, ', ' ORDER BY k.place) AS names
                 FROM unnest(f.confkey) WITH ORDINALITY AS k (attnum, place)
                 JOIN pg_attribute a ON a.attrelid = f.confrelid AND a.attnum = k.attnum) theirs
        WHERE f.conrelid = t.oid AND f.contype = 'f'),
    'unique', (
        SELECT coalesce(jsonb_agg(jsonb_build_object('name', u.conname, 'columns', (
            SELECT jsonb_agg(a.attname ORDER BY k.place)
            FROM unnest(u.conkey) WITH ORDINALITY AS k (attnum, place)
            JOIN pg_attribute a ON a.attrelid = u.conrelid AND a.attnum = k.attnum)
        ) ORDER BY u.conname), '[]')
        FROM pg_constraint u WHERE u.conrelid = t.oid AND u.contype = 'u'),
    'checks', (
        SELECT coalesce(jsonb_agg(jsonb_build_object(
            'name', k.conname, 'definition', pg_get_constraintdef(k.oid, true)
        ) ORDER BY k.conname), '[]')
        FROM pg_constraint k WHERE k.conrelid = t.oid AND k.contype = 'c'),
    'indexes', (
        SELECT coalesce(jsonb_agg(jsonb_build_object(
            'name', i.indexname, 'definition', i.indexdef
        ) ORDER BY i.indexname), '[]')
        FROM pg_indexes i WHERE i.schemaname = 'public' AND i.tablename = t.relname)
)), '{}')) AS inventory
FROM pg_class t
WHERE t.relnamespace = 'public'::regnamespace AND t.relkind IN ('r', 'p');
