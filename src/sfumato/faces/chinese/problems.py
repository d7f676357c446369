"""What is wrong with a prompt."""

TABLE = """
<_what> is not compatible with `<flag>`: each names a model.
<_what>与 `<flag>` 不能同时使用：两者都指定了模型。

<_what> is not compatible with `<flag>`.
<_what>不能与 `<flag>` 一起使用。

A multi-prompt (`::`)
多重提示（`::`）

An image prompt
图片提示

`<code>`
`<code>`

Keep one of the two.
请只保留其中一个。

Keep one of them.
请只保留其中一个。

Take one of them out.
请去掉其中一个。

Unrecognized parameter(s): <words>.
无法识别的参数：<words>。

Unrecognized parameter(s): <words> and <number> more words.
无法识别的参数：<words>，以及另外 <number> 个词。

The dash is a single – here; parameters begin with two hyphens: write `<code>`.
这里用的是单个短横 –；参数要以两个连字符开头：请写 `<code>`。

Write a blank after the name: `<code>`.
请在名称后加空格：`<code>`。

Write a blank between name and value: `<code>`.
请在名称和数值之间加空格：`<code>`。

Did you mean `<code>`?
您是想写 `<code>` 吗？

No parameter has this name.
没有这个名称的参数。

Words to be drawn stand before the first `--`, without dashes or in double quotes.
要画的内容请写在第一个 `--` 之前，不带短横，或放在双引号里。

Take it out, or take out `<flag>`: the models that take it are <models>.
请去掉它，或去掉 `<flag>`：支持它的模型有 <models>。

<_what> needs a value: <_taken>.
<_what>需要一个值：<_taken>。

Write for example `<code>`.
例如写 `<code>`。

Write for example `<code>` or `<other>`.
例如写 `<code>` 或 `<other>`。

(`<flag>` goes up to <high>.)
（`<flag>` 最高可到 <high>。）

After `<code>` only further parameters can stand: move these words before the first `--`.
`<code>` 之后只能再写参数：请把这些词移到第一个 `--` 之前。

After `<code>` and its value only further parameters can stand: move these words before the first `--`.
`<code>` 和它的值之后只能再写参数：请把这些词移到第一个 `--` 之前。

Parameters begin with two hyphens: write `<code>`.
参数以两个连字符开头：请写 `<code>`。

Invalid value `<value>` for `<flag>`: <_why>.
`<flag>` 的值 `<value>` 无效：<_why>。

it takes <_taken>
它接受<_taken>

it takes an address, or a path with a `/` or a file ending, such as `<code>`
它接受网址，或带 `/` 或文件扩展名的路径，例如 `<code>`

it takes digits alone; write `<code>`
它只接受数字；请写 `<code>`

it takes <_taken>; write `<code>`
它接受<_taken>；请写 `<code>`

neither side can be 0
两边都不能为 0

the alpha of version 8.0 was removed in July 2026; write `<code>`
8.0 版的内测已于 2026 年 7 月下线；请写 `<code>`

niji models have a name of their own; write `<code>`
niji 模型有自己的写法；请写 `<code>`

the versions are <list>
可用的版本有 <list>

the niji models are <list>
可用的 niji 模型有 <list>

a weight goes from <low> to <high>
权重的范围是 <low> 到 <high>

style codes go from <low> to <high>
风格代码的范围是 <low> 到 <high>

a whole number from <low> to <high>
<low> 到 <high> 的整数

a number from <low> to <high>
<low> 到 <high> 的数

a whole number
整数

a multiple of <number>
<number> 的倍数

two whole numbers with a colon between
用冒号隔开的两个整数

words, separated by commas
用逗号隔开的词语

addresses, numeric codes or `random`
网址、数字代码或 `random`

one address
一个网址

one or more addresses
一个或多个网址

an address or a path
网址或路径

ids or codes
编号或代码

an address or `loop`
网址或 `loop`

a value
一个值

<list> or `<last>`
<list> 或 `<last>`

The weight `<code>` is too large: weights go from <low> to <high>.
权重 `<code>` 过大：权重的范围是 <low> 到 <high>。

The weight `<code>` is too large: weights go from <low> to <high>, and only their proportions count.
权重 `<code>` 过大：权重的范围是 <low> 到 <high>，而且只有它们的比例起作用。

`<code>` is no address of a picture: the name of the place is missing after it.
`<code>` 不是图片网址：后面缺少网站名称。

<size> is too long a shape: version <model> goes from <low> to <high>.
<size> 太狭长：版本 <model> 的范围是 <low> 到 <high>。

Write `--w` and `--h` nearer to each other.
请让 `--w` 和 `--h` 更接近一些。

<_what> takes words, not weights.
<_what>接受词语，不接受权重。

Write what to keep out as a part of the text with its weight, such as `<code>`.
请把不想要的内容写成带权重的一段文字，例如 `<code>`。

<_what> takes at most <most> pictures, not <number>.
<_what>最多接受 <most> 张图片，这里有 <number> 张。

<_what> takes one address.
<_what>只接受一个网址。

Take out the others.
请去掉其余的。

Invalid User ID or Personalization code: `<code>`.
无效的用户编号或个性化代码：`<code>`。

Ids and codes are letters and digits, such as `<code>`.
编号和代码由字母和数字组成，例如 `<code>`。

Invalid weight `<code>`: a weight is a plain number right after `::`.
权重 `<code>` 无效：权重是紧跟在 `::` 之后的普通数字。

An image address must stand first, with nothing before it.
图片网址必须写在最前面，前面不能有任何内容。

Move it to the very beginning.
请把它移到开头。

Empty prompt: references need a text prompt.
提示词为空：使用参考图时也需要文字。

Empty prompt: there are only parameters.
提示词为空：这里只有参数。

Say in words what to draw, before the first `--`.
请在第一个 `--` 之前写出要画的内容。

Empty prompt: say what to draw, such as `<code>`.
提示词为空：请写出要画的内容，例如 `<code>`。

One image prompt alone is not enough: add words that say what to draw, or a second image.
只有一张图片提示不够：请再写出要画的内容，或加上第二张图片。

(To make a film of the image, add `--video`.)
（要把这张图做成视频，请加 `--video`。）

`<code>` is not compatible with image-only prompts under `<flag>`.
在 `<flag>` 下，`<code>` 不能用于只有图片的提示词。

Add words to the images, or take it out.
请给图片加上文字，或去掉它。

The sum of all of the prompt weights must be positive.
提示词所有权重之和必须大于 0。

It is <sum> here.
这里的和是 <sum>。

It is <sum> here (`--no` counts -0.5).
这里的和是 <sum>（`--no` 计 -0.5）。

Give the parts you want to see more weight.
请提高想看到的部分的权重。

Say what you want to see, too; what you do not want can follow with `--no`.
请同时写出想看到的内容；不想要的内容可以用 `--no` 写在后面。

`<code>` has a blank among its dashes and is not read as a parameter.
`<code>` 的短横之间有空格，不会被读作参数。

Write `<code>`.
请写 `<code>`。

The quotes around all the words hide a parameter inside them.
包住全部文字的引号里藏着一个参数。

Take the quotes away, or the dashes inside.
请去掉引号，或去掉里面的短横。

The image address `<code>` stands among the words.
图片网址 `<code>` 夹在文字中间。

Image prompts come first: move it to the beginning, or write `--image` before it.
图片提示要写在最前面：请把它移到开头，或在它前面写 `--image`。

Write the words without `::`, or name an earlier model such as `<code>`.
请不要写 `::`，或指定较早的模型，例如 `<code>`。

Take the image out, or name another model.
请去掉图片，或指定别的模型。

`<code>` draws only <shapes> and <last>.
`<code>` 只画 <shapes> 和 <last>。

Write one of these.
请写其中之一。

`--aspect` must be between <low> and <high> with `--hd`.
使用 `--hd` 时，`--aspect` 必须在 <low> 与 <high> 之间。

Write a ratio between these, or take `--hd` out.
请写这个范围内的比例，或去掉 `--hd`。

`<code>` is not compatible with `<other>`: a loop ends where it began.
`<code>` 不能与 `<other>` 一起使用：循环会在开始处结束。

`<code>` is not compatible with `<other>`: one asks for the standard size, the other for the large one.
`<code>` 不能与 `<other>` 一起使用：一个要标准尺寸，另一个要大尺寸。

`<code>` is not compatible with style codes.
`<code>` 不能与风格代码一起使用。

Write `<code>` or `<other>`, or give the style as an image address.
请写 `<code>` 或 `<other>`，或用图片网址给出风格。

`--stylize` must be between <low> and <high> with a Style Tuner code.
使用 Style Tuner 代码时，`--stylize` 必须在 <low> 与 <high> 之间。

`<code>` is not compatible with a moodboard in `--profile`.
`<code>` 不能与 `--profile` 中的情绪板一起使用。

<_what> must be between <low> and <high>, not <value>.
<_what>必须在 <low> 与 <high> 之间，而不是 <value>。

<_what> must be between <low> and <high> in version <model>, not <value>.
在版本 <model> 中，<_what>必须在 <low> 与 <high> 之间，而不是 <value>。

<_what> must be between <low> and <high> in <model>, not <value>.
在 <model> 中，<_what>必须在 <low> 与 <high> 之间，而不是 <value>。

Write a ratio between these.
请写这个范围内的比例。

The numbers of `<code>` are too large for `<flag>`: <most> is the most.
`<code>` 中的数字对 `<flag>` 来说太大：最大为 <most>。

Write the same ratio in smaller numbers, such as `<code>`.
请用更小的数字写同样的比例，例如 `<code>`。

Prompts must be <most> or fewer in length.
提示词最长 <most> 个字符。

This one has <length> characters: shorten it by <over>.
这一条有 <length> 个字符：请缩短 <over> 个。

The character <code> cannot be read or drawn.
字符 <code> 无法读取或绘制。

This is no valid UTF-8 text and cannot be read or drawn.
这不是有效的 UTF-8 文本，无法读取或绘制。

Take it out.
请去掉它。

There are more of them further on.
后面还有更多。

This `<brace>` has no <_other>.
这个 `<brace>` 缺少<_other>。

This `<brace>` has no <_other> (and <number> more like it).
这个 `<brace>` 缺少<_other>（另有 <number> 处相同）。

closing `<brace>`
与之配对的 `<brace>`

opening `<brace>`
前面的 `<brace>`

Add it, or write `<code>` for a plain brace.
请补上，或写 `<code>` 表示普通花括号。

This prompt makes <number> jobs; at most <most> are allowed.
这条提示词会生成 <number> 个任务；最多允许 <most> 个。

This prompt makes more than a trillion jobs; at most <most> are allowed.
这条提示词会生成超过一万亿个任务；最多允许 <most> 个。

Take options out of the braces, or lower `--repeat`.
请减少花括号里的选项，或调低 `--repeat`。
"""
