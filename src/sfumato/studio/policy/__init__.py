"""The policy: what prompts may not ask for, decided before anything is queued."""

from sfumato.studio.policy.policy import Category, Finding, Policy, RefusedPrompt
from sfumato.studio.policy.reading import default_policy, own_policy, read_policy

__all__ = ["Category", "Finding", "Policy", "RefusedPrompt", "default_policy", "own_policy", "read_policy"]
