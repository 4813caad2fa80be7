-- A clip has a small silent copy for the moment in which somebody points at it; pictures have none.
ALTER TABLE studio.workspace_files ADD COLUMN preview_key text;
ALTER TABLE studio.library_files ADD COLUMN preview_key text;
