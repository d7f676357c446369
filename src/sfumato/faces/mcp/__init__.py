"""The studio as tools of assistants, over the Model Context Protocol (`pip install 'sfumato[mcp]'`)."""
