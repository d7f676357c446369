"""Tokenizers trained on a few sentences, of the released kinds."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

TEXTS = (
    "a red fox in the snow",
    "an oil painting of the sea at night",
    "two cats and a lighthouse",
    "photo of a small blue car, golden hour",
    "generate an image according to the following instructions",
)
LONG = (
    "You are an AI that reasons about image descriptions. You give structured responses focusing on object "
    "relationships, object attribution and actions without speculation."
)
CHINESE = "雪地里的一只红狐狸"
START, END = "<|startoftext|>", "<|endoftext|>"


def clip_tokenizer(length: int = 77, pad: str = END) -> Any:
    """A CLIP byte-pair tokenizer that knows the words of the texts; SDXL's second one pads with "!".

    Its merges are listed and not trained, since the trainer breaks ties otherwise in every run.
    """
    from tokenizers.pre_tokenizers import ByteLevel
    from transformers import CLIPTokenizer

    letters = sorted(ByteLevel.alphabet())
    merges = list(dict.fromkeys(pair for word in _words() for pair in _merges(word)))
    last = [f"{letter}</w>" for letter in letters if letter.isascii()]
    pieces = [*letters, *last, *("".join(pair) for pair in merges)]
    pieces = [START, END, "!", *(piece for piece in dict.fromkeys(pieces) if piece != "!")]
    vocabulary = {piece: number for number, piece in enumerate(pieces)}
    return CLIPTokenizer(vocab=vocabulary, merges=merges, pad_token=pad, model_max_length=length)


def _words(*more: str) -> list[str]:
    return sorted({word for text in (*TEXTS, *more) for word in text.replace(",", "").split()})


def _merges(word: str) -> list[tuple[str, str]]:
    """The pairs that join a word's letters from left to right."""
    letters = [*word[:-1], f"{word[-1]}</w>"]
    return [("".join(letters[:end]), letters[end]) for end in range(1, len(letters))]


def t5_tokenizer(length: int = 512) -> Any:
    """A T5 unigram tokenizer whose pieces are the letters and words of the texts."""
    from transformers import T5Tokenizer

    words = sorted({f"▁{word}" for text in TEXTS for word in text.replace(",", "").split()})
    letters = sorted({letter for text in TEXTS for letter in text} - {" "})
    pieces = [("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0), ("▁", -4.0)]
    pieces += [(word, -3.0) for word in words] + [(letter, -6.0) for letter in letters]
    return T5Tokenizer(vocab=pieces, extra_ids=0, model_max_length=length)


def save(tokenizer: Any, folder: Path) -> None:
    """In the released layout."""
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer.save_pretrained(folder)


def bert_tokenizer(length: int = 77) -> Any:
    """A word-piece tokenizer that knows the words of the texts, and every Chinese character by itself."""
    from transformers import BertTokenizer

    letters = sorted({letter for text in TEXTS for letter in text} - {" "})
    marks = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    pieces = [*marks, *_words(), *letters, *(f"##{letter}" for letter in letters), *CHINESE]
    vocabulary = {piece: number for number, piece in enumerate(dict.fromkeys(pieces))}
    return BertTokenizer(vocab=vocabulary, model_max_length=length)


CHAT = (
    "{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n"
    "{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n"
    "{% if enable_thinking is defined and enable_thinking is false %}<think>\n\n</think>\n\n{% endif %}"
    "{% endif %}"
)
"""How Qwen is spoken to."""


def qwen_tokenizer(length: int = 1024, long: bool = False, more: str = "") -> Any:
    """A Qwen byte-pair tokenizer that knows the words of the texts, and the marks of a conversation.

    long  whether it knows those of a long text too, which would else become as many tokens as it has letters
    more  a text whose words it knows too
    """
    from tokenizers.pre_tokenizers import ByteLevel
    from transformers import Qwen2Tokenizer

    words = [*_words(*([LONG] if long else [])), *sorted(set(re.findall("[a-z]+", more)))]
    pairs = (zip(*_grown(word), strict=True) for word in (f"Ġ{word}" for word in words))
    merges = list(dict.fromkeys(pair for word in pairs for pair in word))
    pieces = [*sorted(ByteLevel.alphabet()), *("".join(pair) for pair in merges)]
    vocabulary = {piece: number for number, piece in enumerate(dict.fromkeys(pieces))}
    made = Qwen2Tokenizer(vocab=vocabulary, merges=merges, model_max_length=length)
    made.add_special_tokens({"additional_special_tokens": list(MARKS)})
    made.chat_template = CHAT
    return made


PIECES = CHAT.replace(
    "{{ message.content }}", "{% for piece in message.content %}{{ piece.text }}{% endfor %}"
)
"""The same, to one that also sees: what is said comes in pieces, all of them words here."""

MARKS = ("<|im_start|>", "<|im_end|>", "<|vision_start|>", "<|vision_end|>", "<|image_pad|>")


def _grown(word: str) -> tuple[list[str], list[str]]:
    """What is joined from left to right: all so far, and each next letter."""
    return [word[:end] for end in range(1, len(word))], list(word[1:])


def roberta_tokenizer(length: int = 512) -> Any:
    """An XLM-RoBERTa unigram tokenizer: letters and words of the texts, Chinese ones too, are its pieces."""
    from transformers import XLMRobertaTokenizer

    letters = sorted({letter for text in TEXTS for letter in text} - {" "})
    pieces = [(mark, 0.0) for mark in ("<s>", "<pad>", "</s>", "<unk>")] + [("▁", -4.0)]
    pieces += [(f"▁{word}", -3.0) for word in _words()]
    pieces += [(letter, -6.0) for letter in dict.fromkeys((*letters, *CHINESE))]
    return XLMRobertaTokenizer(vocab=pieces, model_max_length=length)
