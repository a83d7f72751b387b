"""What an app may make its caller do; `docs/security.md` has the table of threats."""
