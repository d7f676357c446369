"""The API of AUTOMATIC1111's web UI, as Open WebUI, SillyTavern, LibreChat and others speak it."""
