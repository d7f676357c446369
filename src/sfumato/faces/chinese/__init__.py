"""What the server says, in Chinese: sentences of the floors below, found by their form and said again."""

from __future__ import annotations

from sfumato.faces.chinese.say import chinese, chinese_or

__all__ = ["chinese", "chinese_or"]
