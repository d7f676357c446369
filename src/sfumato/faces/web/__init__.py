"""The server: the studio and its store over HTTP. `app_of` makes it, `serve` runs it."""
