-- By which OpenID provider somebody came in, so that signing out can end the session there too.
ALTER TABLE auth.sessions ADD COLUMN provider text CHECK (length(provider) <= 60);
