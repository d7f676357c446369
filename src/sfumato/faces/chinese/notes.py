"""What is to be known of how a prompt was read, though it is no error."""

TABLE = """
The quotes around the whole prompt are left out.
整条提示词外面的引号已略去。

In `<said>` the parameter `<flag>` is read; write it with a blank and two hyphens before the name.
`<said>` 中的 `<flag>` 按参数读取；规范的写法是名称前加空格和两个连字符。

The `<mark>` after `<code>` is left out: parameters need no punctuation.
`<code>` 后面的 `<mark>` 已略去：参数不需要标点。

The `<mark>` after `<code>` is left out: parameters need none.
`<code>` 后面的 `<mark>` 已略去：参数不需要标点。

Loose punctuation among the parameters is left out.
参数之间多余的标点已略去。

The prompt says `<first>` and `<last>`; the last one counts.
提示词里同时有 `<first>` 和 `<last>`；以最后一个为准。

The prompt says `<flag>` twice; the last one counts.
提示词里写了两次 `<flag>`；以最后一个为准。

`--h` is a height in pixels only under `--v 1` to `--v 3`; it changes nothing here.
`--h` 只在 `--v 1` 到 `--v 3` 下表示像素高度；在这里不起作用。

For the shape of the picture write `--ar`, such as `<code>`.
要设定画面比例请写 `--ar`，例如 `<code>`。

<size> pixels are read as the aspect ratio <ratio>.
<size> 像素按画面比例 <ratio> 读取。

<flags> counts only in a film; add `--video` to make one.
<flags> 只在视频中起作用；要生成视频请加 `--video`。

A comma or full stop with nothing after it, in `<flag>`, is left out.
`<flag>` 中后面没有内容的逗号或句号已略去。

`<code>` is read as `::`, the end of a part.
`<code>` 按 `::` 读取，即一段的结束。

`::<code>` has no blank after the number, so `<same>` is read as words.
`::<code>` 的数字后没有空格，因此 `<same>` 按文字读取。

For the weight <number>, write `<code>`.
要写权重 <number>，请写 `<code>`。

A `::` with no words before it is left out.
前面没有文字的 `::` 已略去。

`<code>` has one hyphen and is read as words; as a parameter, write `<flag>`.
`<code>` 只有一个连字符，按文字读取；作为参数请写 `<flag>`。

`<code>` is glued to a word and read as words; a parameter needs a blank before it.
`<code>` 与前面的词连在一起，按文字读取；参数前需要空格。

`<code>` is read as words; image addresses stand first.
`<code>` 按文字读取；图片网址要写在最前面。

Midjourney's own pages disagree about `::` under `--v 7`; it is read here.
关于 `--v 7` 下的 `::`，Midjourney 自己的说明并不一致；这里会读取它。

Version <model> took whole numbers as weights; decimals are read here all the same.
版本 <model> 的权重只用整数；这里同样读取小数。

`<code>` draws at most <wide> or <tall>; a longer shape becomes the nearer of them.
`<code>` 最多画到 <wide> 或 <tall>；更狭长的画面会改为其中较接近的一个。

`<code>` counts only together with <_needs>, and there is none here.
`<code>` 只有与<_needs>一起才起作用，而这里没有。

an image prompt
图片提示

`<code>` is a legacy look of <_owner>.
`<code>` 是<_owner>的旧风格。

version 4
版本 4

niji 5
niji 5

`--hd` of versions 1-3 is an older way of drawing, no longer recommended.
版本 1-3 的 `--hd` 是较旧的画法，已不再推荐。

In versions 1-3 `--fast` also meant a cheaper, rougher picture.
在版本 1-3 中，`--fast` 也表示更省、更粗略的图片。

`--video` makes a film of an image prompt, and there is none here.
`--video` 会把图片提示做成视频，而这里没有图片提示。

`--quality <value>` is rounded to <nearest>, as Midjourney does.
`--quality <value>` 与 Midjourney 一样取为 <nearest>。

`--niji` without a number is the newest: `<code>`.
不带数字的 `--niji` 表示最新的一个：`<code>`。

`<code>` holds one option; options are separated by commas, as in `<example>`.
`<code>` 里只有一个选项；选项之间用逗号隔开，例如 `<example>`。

`<code>` is an early model that Midjourney no longer recommends; it is read by the rules of its time.
`<code>` 是 Midjourney 已不再推荐的早期模型；这里按当时的规则读取。

`<code>` was an experiment of 2022; it is read by the rules of its time.
`<code>` 是 2022 年的实验模型；这里按当时的规则读取。

`<code>` chose an upscaler of versions 1-4; it is kept, and later upscales may follow it.
`<code>` 用来选择版本 1-4 的放大方式；已记下，之后的放大可能会沿用。

`<code>` was <pixels> pixels in versions 1-3; it is read as `<shape>`.
`<code>` 在版本 1-3 中是 <pixels> 像素；这里读作 `<shape>`。

`<code>` belonged to versions 1 and 2 and is gone since 2023; it changes nothing here.
`<code>` 属于版本 1 和 2，2023 年起已取消；在这里不起作用。

`<code>` is known only from Midjourney's own records; it changes nothing here.
`<code>` 只见于 Midjourney 自己的记录；在这里不起作用。

`--sameseed` is a legacy parameter: every picture of the grid begins from the same noise.
`--sameseed` 是旧参数：一组图片都从同样的噪声开始。

`--creative` belonged to the test models of 2022 (`--test`, `--testp`).
`--creative` 属于 2022 年的测试模型（`--test`、`--testp`）。

`--zoom` belongs to the Custom Zoom of a finished picture; it changes nothing in a new one.
`--zoom` 用于对已完成的图片自定义拉远；对新图片不起作用。

`--preview` belonged to the preview of version 8.2; it changes nothing here.
`--preview` 属于 8.2 版的预览；在这里不起作用。
"""
