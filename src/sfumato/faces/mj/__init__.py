"""The API of midjourney-proxy, as the programs that were written for it speak it."""
