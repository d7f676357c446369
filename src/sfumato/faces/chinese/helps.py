"""What parameters do: the helps of `language/table.py` and `language/legacy.py`."""

TABLE = """
Width to height of the picture, two whole numbers.
画面的宽高比，写成两个整数。

How much the pictures of one grid differ from each other.
同一组图片之间的差异大小。

How strongly the model's own taste shapes the picture.
模型自身的审美对画面影响的强弱。

How unusual the picture may become.
画面可以有多不寻常。

Experimental look: more detail and drama; above 50 it drowns `--stylize`.
实验性的画面效果：细节更多、更有张力；超过 50 会盖过 `--stylize`。

How much time is spent on the first pictures; the size stays.
首次生成所花的时间；图片尺寸不变。

The number the noise is drawn from: the same seed begins from the same noise.
产生噪声的数字：种子相同，起始噪声就相同。

Stop after this percentage of the work, for a softer, unfinished picture.
完成到这个百分比即停止，画面更柔和、带有未完成感。

What to keep out of the picture, separated by commas.
不希望出现在画面中的内容，用逗号分隔。

Less of the model's own taste, more of the words.
减少模型自身的审美，更贴近文字。

A named look of the model.
模型自带的一种风格。

A picture whose edges meet, for patterns that repeat.
四边可以无缝拼接的图片，适合重复的图案。

The large size (2048 pixels); in versions 1-3 another way of drawing.
大尺寸（2048 像素）；在版本 1-3 中是另一种画法。

The standard size, where large is the default.
标准尺寸，用于默认为大尺寸的版本。

Quick, cheap first pictures.
快速、低成本的草稿图。

An image prompt, wherever it stands; the same as an address written first.
图片提示，写在任何位置都可以；与写在最前面的网址相同。

How strongly the image prompts count against the words.
图片提示相对于文字的权重。

Draw in the style of these: addresses, numeric codes or `random`, each with `::` weight.
按这些风格来画：网址、数字代码或 `random`，每项可用 `::` 加权重。

How strongly the style reference counts.
风格参考的权重。

Which version of the style reference reads it.
用哪个版本的风格参考来读取。

Draw the character of these pictures.
画出这些图片中的角色。

How much of the character is kept; 0 is the face alone.
保留角色的多少；0 表示只保留面部。

Put what this one picture shows into the new one.
把这张图片中的内容放进新的画面。

How strongly the omni reference counts.
全能参考的权重。

The pictures (up to four) that the words tell how to change.
要按文字修改的图片，最多四张。

Personal taste: the default profile, or ids and codes of profiles and moodboards.
个人审美：默认的个性化档案，或档案与情绪板的编号和代码。

The numbered model whose rules the prompt follows.
提示词遵循哪个版本模型的规则。

The model for drawn and animated styles; without a number the newest.
面向动漫与手绘风格的模型；不写数字则用最新的。

Run the whole prompt several times.
把整条提示词运行多次。

Run this job at the normal speed.
以普通速度运行这个任务。

Run this job when the machine is free.
在机器空闲时运行这个任务。

Run this job at the highest speed.
以最快速度运行这个任务。

Show the result to everyone.
结果对所有人可见。

Keep the result to yourself.
结果仅自己可见。

Make a film: of an image prompt today, of the growing grid in the old versions.
生成视频：如今由图片提示生成；旧版本中记录出图过程。

How much moves in the film.
视频中动作的幅度。

A film that ends where it began.
首尾相接的循环视频。

The last frame of the film: an address, or `loop`.
视频的最后一帧：网址，或 `loop`。

How many films are made.
生成视频的数量。

All pictures of the grid begin from the same noise.
同一组图片都从相同的噪声开始。

The test model of August 2022.
2022 年 8 月的测试模型。

The photographic test model of August 2022.
2022 年 8 月的摄影风格测试模型。

More varied pictures of the test models.
让测试模型的图片更多样。

Upscale with the <name> upscaler of versions 1-4.
用版本 1-4 的 <name> 放大器放大。

Width in pixels (versions 1-3; everywhere else `--w` is `--weird`).
以像素表示的宽度（版本 1-3；在其他版本中 `--w` 即 `--weird`）。

Height in pixels (versions 1-3).
以像素表示的高度（版本 1-3）。

The size <size> of versions 1-3, read as an aspect ratio.
版本 1-3 的尺寸 <size>，按画面比例读取。

A switch of versions 1 and 2; changes nothing.
版本 1 和 2 的开关；不起任何作用。

How far Custom Zoom goes out; it has its own button.
自定义拉远的倍数；另有专门的按钮。

The preview of version 8.2 in June 2026.
2026 年 6 月的 8.2 版预览。

Version of the personalization.
个性化的版本。

Depth reference of Retexture.
Retexture 的深度参考。

Weight of the depth reference.
深度参考的权重。
"""
