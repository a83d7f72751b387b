"""How long calls take: the official client, generated modules, and the bare protocol."""
