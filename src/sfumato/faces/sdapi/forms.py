"""What clients send. What nobody here knows is ignored; null and empty count as not said."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from sfumato.faces.web.forms import Short, Text

Side = Annotated[int, Field(ge=16, le=4096)]
Base64 = Annotated[str, Field(max_length=44 << 20)]
MOST = 40  # pictures of one request


class TextAsked(BaseModel):
    """txt2img."""

    model_config = ConfigDict(extra="allow")

    prompt: Text = ""
    negative_prompt: Text = ""
    seed: int = Field(default=-1, ge=-1, le=2**32 - 1)
    steps: int | None = Field(default=None, ge=0, le=1000)  # 0: not said
    cfg_scale: float | None = Field(default=None, ge=0, le=100, allow_inf_nan=False)
    width: Side = 512
    height: Side = 512
    batch_size: int = Field(default=1, ge=1, le=MOST)
    n_iter: int = Field(default=1, ge=1, le=MOST)
    sampler_name: Short | None = None
    sampler_index: Short | None = None
    scheduler: Short | None = None
    tiling: bool = False
    enable_hr: bool = False
    hr_scale: float = Field(default=2.0, ge=1, le=8, allow_inf_nan=False)
    send_images: bool = True
    styles: list[Short] = Field(default_factory=list, max_length=100)
    override_settings: dict[str, Any] = Field(default_factory=dict, max_length=200)

    @property
    def model(self) -> str | None:
        """The model that this request alone is for."""
        name = self.override_settings.get("sd_model_checkpoint")
        return name if isinstance(name, str) and name else None

    @property
    def sampler(self) -> str:
        """Newer clients name it in one field, older ones in another."""
        return self.sampler_name or self.sampler_index or ""

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels of what is sent back."""
        factor = self.hr_scale if self.enable_hr else 1.0
        return min(4096, round(self.width * factor)), min(4096, round(self.height * factor))


class ImageAsked(TextAsked):
    """img2img. A mask is white where the picture is painted anew."""

    init_images: list[Base64] = Field(default_factory=list, max_length=16)
    mask: Base64 | None = None
    denoising_strength: float = Field(default=0.75, ge=0, le=1, allow_inf_nan=False)
    inpainting_mask_invert: bool = False
    include_init_images: bool = False


class ExtraAsked(BaseModel):
    """extra-single-image."""

    image: Base64
    resize_mode: int = Field(default=0, ge=0, le=1)
    upscaling_resize: float = Field(default=2.0, ge=1, le=8, allow_inf_nan=False)
    upscaling_resize_w: Side = 512
    upscaling_resize_h: Side = 512
    upscaling_crop: bool = True
    upscaler_1: Annotated[str, Field(max_length=200)] = "None"


class PictureAsked(BaseModel):
    """png-info and interrogate."""

    image: Base64
