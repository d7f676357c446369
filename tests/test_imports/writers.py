"""Files as other programs write them, from their public sources and documents; small pictures."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from PIL import Image
from PIL.PngImagePlugin import PngInfo

EXIF_IFD, USER_COMMENT = 0x8769, 0x9286


def picture(colour: int = 60) -> Image.Image:
    return Image.new("RGB", (48, 32), (colour, 90, 120))


def png(path: Path, texts: dict[str, str], colour: int = 60) -> Path:
    """tEXt where Latin-1 is enough, else iTXt, as Pillow's `add_text` does for these programs."""
    info = PngInfo()
    for name, text in texts.items():
        info.add_text(name, text)
    picture(colour).save(path, "PNG", pnginfo=info)
    return path


def commented(path: Path, text: str, code: str = "utf-16-be") -> Path:
    """JPEG or WebP by its suffix, with an EXIF comment: piexif.helper writes the high byte first."""
    names = {
        "utf-16-be": b"UNICODE\0",
        "utf-16-le": b"UNICODE\0",
        "utf-8": b"UNICODE\0",
        "ascii": b"ASCII\0\0\0",
    }
    exif = Image.Exif()
    exif.get_ifd(EXIF_IFD)[USER_COMMENT] = names[code] + text.encode(code)
    picture().save(path, exif=exif)
    return path


def tagged(path: Path, tags: dict[int, str]) -> Path:
    exif = Image.Exif()
    for tag, text in tags.items():
        exif[tag] = text
    picture().save(path, exif=exif)
    return path


AUTOMATIC = (
    "a red fox, (snow:1.3), winter\nsecond line, detailed\nNegative prompt: blurry, bad hands\nlowres\n"
    "Steps: 28, Sampler: DPM++ 2M, Schedule type: Karras, CFG scale: 6.5, Seed: 1234567890, Size: 832x1216, "
    "Model hash: 31e35c80fc, Model: sd_xl_base_1.0, Denoising strength: 0.35, "
    'Lora hashes: "one: 1234, two: 5678", Version: v1.10.1'
)

COMFY: dict[str, Any] = {
    "3": {
        "class_type": "KSampler",
        "inputs": {
            "seed": 156680208700286, "steps": 20, "cfg": 8.0, "sampler_name": "euler", "scheduler": "normal",
            "denoise": 1.0, "model": ["10", 0], "positive": ["11", 0], "negative": ["7", 0],
            "latent_image": ["5", 0],
        },
    },
    "4": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "v1-5-pruned.safetensors"}},
    "5": {"class_type": "EmptyLatentImage", "inputs": {"width": 512, "height": 768, "batch_size": 1}},
    "6": {"class_type": "CLIPTextEncode", "inputs": {"text": ["20", 0], "clip": ["4", 1]}},
    "7": {"class_type": "CLIPTextEncode", "inputs": {"text": "text, watermark", "clip": ["4", 1]}},
    "8": {"class_type": "VAEDecode", "inputs": {"samples": ["30", 0], "vae": ["4", 2]}},
    "9": {"class_type": "SaveImage", "inputs": {"filename_prefix": "ComfyUI", "images": ["8", 0]}},
    "10": {
        "class_type": "LoraLoader",
        "inputs": {"lora_name": "ink.safetensors", "strength_model": 1, "model": ["4", 0], "clip": ["4", 1]},
    },
    "11": {
        "class_type": "ControlNetApplyAdvanced",
        "inputs": {"strength": 1, "positive": ["6", 0], "negative": ["7", 0], "control_net": ["12", 0]},
    },
    "20": {"class_type": "SomebodysTextNode", "inputs": {"string": "a glass bottle, galaxy"}},
    "30": {
        "class_type": "KSampler",
        "inputs": {
            "seed": 5, "steps": 9, "cfg": 4.0, "sampler_name": "dpmpp_2m", "scheduler": "karras",
            "denoise": 0.5, "model": ["10", 0], "positive": ["6", 0], "negative": ["7", 0],
            "latent_image": ["3", 0],
        },
    },
}  # fmt: skip

FLUX: dict[str, Any] = {
    "13": {
        "class_type": "SamplerCustomAdvanced",
        "inputs": {"noise": ["25", 0], "guider": ["22", 0], "sampler": ["16", 0], "sigmas": ["17", 0],
                   "latent_image": ["27", 0]},
    },
    "25": {"class_type": "RandomNoise", "inputs": {"noise_seed": 77}},
    "22": {"class_type": "BasicGuider", "inputs": {"model": ["12", 0], "conditioning": ["26", 0]}},
    "26": {"class_type": "FluxGuidance", "inputs": {"guidance": 3.5, "conditioning": ["6", 0]}},
    "6": {"class_type": "CLIPTextEncode", "inputs": {"text": "a lighthouse", "clip": ["11", 0]}},
    "12": {"class_type": "UNETLoader", "inputs": {"unet_name": "flux1-dev.safetensors"}},
    "16": {"class_type": "KSamplerSelect", "inputs": {"sampler_name": "euler"}},
    "17": {"class_type": "BasicScheduler", "inputs": {"scheduler": "simple", "steps": 30, "denoise": 1.0,
                                                      "model": ["12", 0]}},
    "27": {"class_type": "EmptySD3LatentImage", "inputs": {"width": 1024, "height": 640, "batch_size": 1}},
    "9": {"class_type": "SaveImage", "inputs": {"images": ["13", 0]}},
}  # fmt: skip

WORKFLOW: dict[str, Any] = {
    "last_node_id": 9,
    "nodes": [
        {"id": 4, "type": "CheckpointLoaderSimple", "inputs": [], "widgets_values": ["dream.safetensors"]},
        {"id": 5, "type": "EmptyLatentImage", "inputs": [], "widgets_values": [640, 512, 1]},
        {"id": 6, "type": "CLIPTextEncode", "inputs": [], "widgets_values": ["an owl"]},
        {"id": 7, "type": "CLIPTextEncode", "inputs": [], "widgets_values": ["dark"]},
        {
            "id": 3,
            "type": "KSampler",
            "inputs": [
                {"name": "model", "type": "MODEL", "link": 1},
                {"name": "positive", "type": "CONDITIONING", "link": 2},
                {"name": "negative", "type": "CONDITIONING", "link": 3},
                {"name": "latent_image", "type": "LATENT", "link": 4},
            ],
            "widgets_values": [99, "randomize", 15, 7.5, "euler", "normal", 1],
        },
        {"id": 40, "type": "Note", "widgets_values": ["hello"]},
    ],
    "links": [
        [1, 4, 0, 3, 0, "MODEL"], [2, 6, 0, 3, 1, "CONDITIONING"], [3, 7, 0, 3, 2, "CONDITIONING"],
        [4, 5, 0, 3, 3, "LATENT"],
    ],
    "version": 0.4,
}  # fmt: skip

INVOKE = {
    "app_version": "5.4.2", "generation_mode": "sdxl_txt2img", "positive_prompt": "a castle",
    "negative_prompt": "fog", "width": 1024, "height": 768, "seed": 42, "steps": 30, "cfg_scale": 5.5,
    "scheduler": "euler", "model": {"key": "1", "name": "juggernaut-xl", "base": "sdxl", "type": "main"},
}  # fmt: skip

OLDER_INVOKE = {
    "model": "stable diffusion", "model_weights": "sd-1.5",
    "image": {"prompt": [{"prompt": "a cat [dog]", "weight": 1.0}], "steps": 50, "cfg_scale": 7.5, "seed": 3,
              "sampler": "k_lms", "width": 512, "height": 512},
}  # fmt: skip

NOVEL = {
    "prompt": "1girl, {{umbrella}}, rain", "uc": "lowres", "steps": 28, "height": 1216, "width": 832,
    "scale": 5.0, "seed": 4012345678, "sampler": "k_euler_ancestral", "noise_schedule": "karras",
    "v4_prompt": {"caption": {"base_caption": "1girl", "char_captions": [{"char_caption": "girl, red hat"}]}},
}  # fmt: skip

FOOOCUS = {
    "prompt": "a steam train", "negative_prompt": "people", "base_model": "juggernautXL_v8Rundiffusion",
    "resolution": "(1152, 896)", "guidance_scale": 4.0, "sampler": "dpmpp_2m_sde_gpu", "seed": "123456",
    "styles": "['Fooocus V2']", "performance": "Speed", "steps": 30, "version": "Fooocus v2.5.5",
}  # fmt: skip

JOB = "1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed"


def dumped(value: Any) -> str:
    return json.dumps(value)
