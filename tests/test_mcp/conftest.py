"""The server that paints, of the tests of a sister face, and a store for a server that does not."""

from test_openai.conftest import live  # noqa: F401, a fixture
from test_web.conftest import database, store  # noqa: F401, fixtures
