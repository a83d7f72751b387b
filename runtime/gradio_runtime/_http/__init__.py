"""HTTP and WebSockets to an app; nothing outside imports httpx2."""
