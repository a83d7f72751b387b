"""Files between this machine and an app: uploads, downloads, and what they read."""
