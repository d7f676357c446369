"""Tokenizers trained on a few sentences, of the released kinds."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

TEXTS = (
    "a red fox in the snow",
    "an oil painting of the sea at night",
    "two cats and a lighthouse",
    "photo of a small blue car, golden hour",
    "generate an image according to the following instructions",
)
START, END = "<|startoftext|>", "<|endoftext|>"


def clip_tokenizer(length: int = 77, pad: str = END) -> Any:
    """A CLIP byte-pair tokenizer; SDXL's second one pads with "!"."""
    from tokenizers import Tokenizer, models, pre_tokenizers, trainers
    from transformers import CLIPTokenizer

    tokenizer = Tokenizer(models.BPE(unk_token=END, end_of_word_suffix="</w>", continuing_subword_prefix=""))
    bytes_ = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Whitespace(), bytes_])
    trainer = trainers.BpeTrainer(
        vocab_size=600,
        special_tokens=[START, END],
        end_of_word_suffix="</w>",
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(TEXTS, trainer)
    with TemporaryDirectory() as folder:
        vocabulary, merges = tokenizer.model.save(folder)
        return CLIPTokenizer(vocab=vocabulary, merges=merges, pad_token=pad, model_max_length=length)


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
