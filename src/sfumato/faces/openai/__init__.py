"""OpenAI's Images and Responses APIs, as its own clients speak them."""
