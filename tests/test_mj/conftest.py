"""The server that paints, of the tests of its sister face, and a store for a server that does not."""

from test_openai.conftest import http, live  # noqa: F401, fixtures
from test_web.conftest import database, store  # noqa: F401, fixtures
