"""ComfyUI: from the node that samples, up the links to texts, checkpoint, seed and size.

Nodes of others are met by the names of their inputs, which follow those of the built-in ones; where they do
not, less is found.
"""

from __future__ import annotations

from collections.abc import Iterator

from sfumato.studio.imports.found import Found, clean, record, seed_of, settings_of, size_of
from sfumato.studio.imports.graph import Graph, of_prompt, of_workflow
from sfumato.studio.imports.texts import Said

# Inputs that hold words, the more telling first: one of `populated_text` was filled in from `wildcard_text`.
WORDS = ("populated_text", "text", "prompt", "text_g", "text_l", "clip_l", "t5xxl", "string", "value")
WORDS += ("string_a", "string_b", "text1", "text2", "text_positive", "wildcard_text")
NOT_WORDS = frozenset({"clip", "model", "vae", "image", "images", "pixels", "control_net", "mask", "samples"})
STEERED = ("positive", "guider", "conditioning")  # what a node that samples reads
MODELS = ("ckpt_name", "unet_name", "model_name", "ckpt", "checkpoint", "gguf_name")


def read(said: Said) -> Found | None:
    """The graph that was run, else the one that the page shows."""
    for text in _written(said, "prompt", "exif:Model"):
        if (told := record(text)) and any(isinstance(own, dict) for own in told.values()):
            return _found(of_prompt(told))
    for text in _written(said, "workflow", "exif:Make"):
        if (told := record(text)) and isinstance(told.get("nodes"), list):
            return _found(of_workflow(told))
    return None


def _written(said: Said, name: str, tag: str) -> Iterator[str]:
    """WebP and JPEG have it in two tags of EXIF, with its name in front."""
    yield said.texts.get(name, "")
    for own in (tag, "exif:ImageDescription", "exif:UserComment"):
        before, colon, text = said.texts.get(own, "").partition(":")
        if colon and before.strip().lower() == name:
            yield text


def _found(graph: Graph) -> Found:
    sampler = _sampler(graph)
    if sampler is None:
        return Found("ComfyUI")
    guider = graph.node(graph.inputs[sampler].get("guider"))
    steered = graph.inputs[guider or sampler]
    positive = steered.get("positive", steered.get("conditioning"))
    near = graph.nearest
    size = size_of(near(sampler, "width"), near(sampler, "height"))
    pairs = (
        ("Steps", near(sampler, "steps")),
        ("Sampler", near(sampler, "sampler_name")),
        ("Scheduler", near(sampler, "scheduler")),
        ("CFG scale", near(sampler, "cfg")),
        ("Guidance", near(sampler, "guidance")),
        ("Size", size),
        ("Denoising strength", near(sampler, "denoise")),
        ("LoRA", ", ".join(_loras(graph, sampler))),
    )
    return Found(
        program="ComfyUI",
        prompt=clean("\n".join(_words(graph, positive, "positive"))),
        negative=clean("\n".join(_words(graph, steered.get("negative"), "negative"))),
        model=clean(near(sampler, *MODELS))[:200],
        seed=seed_of(near(sampler, "seed", "noise_seed")),
        settings=settings_of(pairs),
    )


def _sampler(graph: Graph) -> str | None:
    """The node that begins: the farthest from what is saved, as a second pass comes after it."""
    found = [node for node in graph.above(*_last(graph)) if _samples(graph, node)]
    return found[-1] if found else next((node for node in graph.inputs if _samples(graph, node)), None)


def _last(graph: Graph) -> list[str]:
    """Nodes that nobody reads: what saves and shows."""
    read = {before for node in graph.inputs for _, before in graph.links(node)}
    last = [node for node in graph.inputs if node not in read]
    saving = [node for node in last if "save" in graph.kinds.get(node, "").lower()]
    return saving or last


def _samples(graph: Graph, node: str) -> bool:
    inputs = graph.inputs[node]
    steered = any(graph.node(inputs.get(name)) is not None for name in STEERED)
    timed = any(name in inputs for name in ("seed", "noise_seed", "steps", "sigmas", "noise"))
    return steered and timed


def _words(graph: Graph, value: object, role: str) -> list[str]:
    """All words above a link, each once; of nodes with both roles only this one is followed."""
    found: dict[str, None] = {}
    waiting, known = [graph.node(value)], set()
    while waiting:
        node = waiting.pop(0)
        if node is None or node in known or "ZeroOut" in graph.kinds.get(node, ""):
            continue
        known.add(node)
        inputs = graph.inputs[node]
        texts = [inputs[name] for name in WORDS if isinstance(inputs.get(name), str)]
        found |= dict.fromkeys(own.strip() for own in texts if own.strip())
        named = [graph.node(inputs.get(name)) for name in WORDS]
        if texts or any(named):
            waiting += named
        elif graph.node(inputs.get(role)) is not None:
            waiting.append(graph.node(inputs[role]))
        else:
            waiting += [before for name, before in graph.links(node) if name not in NOT_WORDS]
    return list(found)


def _loras(graph: Graph, node: str) -> Iterator[str]:
    for own in graph.above(node):
        name = graph.inputs[own].get("lora_name")
        if isinstance(name, str):
            yield name[:200]
