-- A server with AUTOMATIC1111's API may ask for a name and a password (`--api-auth`). The password
-- stands where keys do, sealed; with a name it is sent as HTTP's Basic authentication.
ALTER TABLE studio.engine_servers
    ADD COLUMN username text NOT NULL DEFAULT '' CHECK (length(username) <= 100),
    ADD CHECK (username = '' OR kind = 'a1111');
