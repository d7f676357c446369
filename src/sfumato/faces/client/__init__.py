"""A server of Sfumato as a program talks to it: found, asked, followed."""
