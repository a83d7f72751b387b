"""The API of an app as a table or as JSON."""
