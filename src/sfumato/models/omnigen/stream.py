"""The stream of tokens through diffusers' OmniGenTransformer2DModel, in two halves.

    words and pictures of the condition | time | patches of x

The condition is causal, but each of its pictures sees all of itself; it sees neither the time nor x. The time
sees the condition, the patches see everything (Xiao et al. 2024). So `read` takes the condition through the
layers once, and every step is a `look` of the time and the patches alone at the keys and values it left.

Shapes: B rows, L tokens of the condition, N patches of x, S either, heads of D numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import log, sqrt
from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.nn.functional import scaled_dot_product_attention as attention

from sfumato.engine import Condition
from sfumato.models.omnigen.cache import Past
from sfumato.models.omnigen.sentence import Run, runs


class Turn(NamedTuple):
    """Cosines and sines of the rotary embedding, (B, 1, S, D), float32."""

    cos: Tensor
    sin: Tensor


@torch.no_grad()
def read(net: Any, condition: Condition) -> Past:
    """The condition through every layer: what later tokens may look at."""
    ids = condition["ids"].tolist()
    parts = tuple(runs(ids))
    hidden = embedded(net, condition, parts)  # (1, L, C)
    turn = turned(net, places(0, len(ids)), condition["long"][None])
    keys, values = [], []
    for number, layer in enumerate(net.layers):
        q, k, v = projected(layer, hidden, turn)
        keys.append(k)
        values.append(v)
        if number < len(net.layers) - 1:  # of the last layer nothing else is looked at
            hidden = left(layer, hidden, within(q, k, v, parts))
    return Past(tuple(keys), tuple(values))


@torch.no_grad()
def look(net: Any, x: Tensor, clock: Tensor, pasts: Sequence[Past], long: Tensor) -> Tensor:
    """The network's velocity, from noise to picture, for x (B, C, H, W) at times `clock` (B,).

    pasts  of each row's condition, all of one length
    long   (B,) see `turned`
    """
    patches = net.patch_embedding(x, is_input_image=False)  # (B, N, C)
    waves = net.time_proj(clock).type_as(patches)
    hidden = torch.cat([net.time_token(waves)[:, None], patches], dim=1)  # (B, 1 + N, C)
    start = pasts[0].keys[0].shape[2]
    turn = turned(net, places(start, hidden.shape[1]), long)
    for number, layer in enumerate(net.layers):
        q, k, v = projected(layer, hidden, turn)
        k = torch.cat([torch.cat([past.keys[number] for past in pasts]), k], dim=2)
        v = torch.cat([torch.cat([past.values[number] for past in pasts]), v], dim=2)
        # k and v are (B, heads, L + 1 + N, D) now.
        # important: the time sees the condition and itself only, so that it is the same whatever x is.
        time = attention(q[:, :, :1], k[:, :, : start + 1], v[:, :, : start + 1])
        hidden = left(layer, hidden, torch.cat([time, attention(q[:, :, 1:], k, v)], dim=2))
    hidden = net.norm_out(net.norm(hidden)[:, 1:], temb=net.t_embedder(waves))
    return unpatched(net.proj_out(hidden), x.shape, net.config.patch_size)


def embedded(net: Any, condition: Condition, parts: Sequence[Run]) -> Tensor:
    """The condition's words and pictures as tokens in one row, (1, L, C)."""
    weight = net.embed_tokens.weight
    hidden = net.embed_tokens(condition["ids"].to(weight.device).clamp(min=0))[None]
    for part in parts:
        if part.picture is not None:
            latent = condition[f"picture.{part.picture}"][None].to(weight.device, weight.dtype)
            hidden[:, part.start : part.stop] = net.patch_embedding(latent, is_input_image=True)
    return hidden


def within(q: Tensor, k: Tensor, v: Tensor, parts: Sequence[Run]) -> Tensor:
    """Attention inside the condition, run by run: no L x L mask is ever made."""
    seen = [
        attention(
            q[:, :, part.start : part.stop],
            k[:, :, : part.stop],
            v[:, :, : part.stop],
            attn_mask=sight(part, q.device),
        )
        for part in parts
    ]
    return torch.cat(seen, dim=2)


def sight(part: Run, device: torch.device | None = None) -> Tensor | None:
    """Which of the tokens before its end each token of a run sees, (own, stop) bool; None for all."""
    if part.picture is not None:
        return None
    whole = torch.ones(part.stop - part.start, part.stop, dtype=torch.bool, device=device)
    return whole.tril(diagonal=part.start)


def projected(layer: Any, hidden: Tensor, turn: Turn) -> tuple[Tensor, Tensor, Tensor]:
    """Queries, keys and values (B, heads, S, D); the first two turned."""
    attn, seen = layer.self_attn, layer.input_layernorm(hidden)
    q, k, v = (
        to(seen).unflatten(-1, (attn.heads, -1)).transpose(1, 2) for to in (attn.to_q, attn.to_k, attn.to_v)
    )
    return rotated(q, turn), rotated(k, turn), v


def left(layer: Any, hidden: Tensor, mixed: Tensor) -> Tensor:
    """What a layer leaves of (B, S, C) when its heads have seen `mixed` (B, heads, S, D)."""
    hidden = hidden + layer.self_attn.to_out[0](mixed.transpose(1, 2).flatten(2))
    return hidden + layer.mlp(layer.post_attention_layernorm(hidden))


def places(start: int, count: int) -> Tensor:
    """Positions (S,): they run on from the condition through the time to the patches."""
    return torch.arange(start, start + count)


def turned(net: Any, positions: Tensor, long: Tensor) -> Turn:
    """The rotary embedding of these positions, for each row as stretched as its sequence is long (LongRoPE).

    long  (B,) 1 where the longest sequence of the picture's roles is longer than those trained on first
    """
    rope, device = net.rope, net.embed_tokens.weight.device
    short_, long_ = (
        torch.tensor(factor, dtype=torch.float32) for factor in (rope.short_factor, rope.long_factor)
    )
    stretch = torch.where(long.cpu()[:, None] > 0, long_, short_)  # (B, D / 2)
    waves = rope.base ** (torch.arange(0, rope.dim, 2).float() / rope.dim)
    angles = positions[None, :, None].float() * (1 / (stretch * waves))[:, None]  # (B, S, D / 2)
    angles = torch.cat([angles, angles], dim=-1)[:, None]  # (B, 1, S, D)
    ratio = rope.max_position_embeddings / rope.original_max_position_embeddings
    louder = sqrt(1 + log(ratio) / log(rope.original_max_position_embeddings)) if ratio > 1 else 1.0
    return Turn((angles.cos() * louder).to(device), (angles.sin() * louder).to(device))


def rotated(tokens: Tensor, turn: Turn) -> Tensor:
    """Each pair of numbers, D / 2 apart, turned by its angle, in float32."""
    first, second = tokens.float().chunk(2, dim=-1)
    across = torch.cat([-second, first], dim=-1)
    return (tokens.float() * turn.cos + across * turn.sin).to(tokens.dtype)


def unpatched(tokens: Tensor, shape: Sequence[int], patch: int) -> Tensor:
    """Tokens (B, N, patch * patch * C) as (B, C, H, W)."""
    rows, channels, height, width = shape
    grid = tokens.reshape(rows, height // patch, width // patch, patch, patch, channels)
    return grid.permute(0, 5, 1, 3, 2, 4).reshape(rows, channels, height, width)
