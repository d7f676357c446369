"""What keeps a prompt, an edit or a knob from becoming a plan, and what a plan leaves out."""

TABLE = """
`<flag>` decides how the prompt is read, not who paints: that is <model>.
`<flag>` 决定提示词按什么规则读取，不决定由谁来画：画图的是 <model>。

<_what> is understood but not honoured yet: <model> paints as if it were not there.
<_what>可以读懂，但暂时不会体现：<model> 会当作没有写。

This edit takes one picture, not <number>.
这个操作只接受一张图片，这里有 <number> 张。

To paint a region anew, give its mask too: a picture that is white there.
要重画局部，请同时给出蒙版：需要重画处为白色的图片。

A blend takes 2 to 5 pictures, not <number>.
融合需要 2 到 5 张图片，这里有 <number> 张。

A picture of <size> pixels cannot be panned <_way>: \
<model> paints at most <ratio> times as long as wide at once.
<size> 像素的图片不能<_way>平移：<model> 一次最多画到长为宽的 <ratio> 倍。

left
向左

right
向右

up
向上

down
向下

<size> pixels are too many: no side may be longer than <most>.
<size> 像素太大：任何一边都不能超过 <most>。

A prompt can change after <low> and before 1 of the run, not at <moment>.
提示词只能在进程的 <low> 之后、1 之前改变，不能在 <moment>。

What is to be seen later, or somewhere, needs words: this text is empty.
稍后或某处要画的内容需要文字：这里是空的。

This is not a plan: a plan is a JSON object with a whole number under "schema".
这不是绘制方案：方案是 "schema" 下为整数的 JSON 对象。

This plan is written in form <form>; this version of Sfumato reads forms up to <newest>.
这个方案是第 <form> 版格式；当前的 Sfumato 最多读到第 <newest> 版。

Update Sfumato to read it.
请更新 Sfumato 后再读取。

This plan is written in form <form>, which never existed.
这个方案标为第 <form> 版格式，但从来没有这一版。

This is not a plan: it is not JSON (<error>).
这不是绘制方案：不是 JSON（<error>）。

This plan cannot be read: <_faults>.
无法读取这个方案：<_faults>。

This plan cannot be read: <faults>.
无法读取这个方案：<faults>。

“<prompt>” makes no plan: <_faults>.
“<prompt>”无法成为绘制方案：<_faults>。

“<prompt>” makes no plan: <faults>.
“<prompt>”无法成为绘制方案：<faults>。

`<flag>` is longer than <model> can paint: it goes from <low> to <high>.
`<flag>` 比 <model> 能画的更狭长：它的范围是 <low> 到 <high>。

Choose a ratio between these.
请选择这个范围内的比例。

There is no knob <name>: choose one of <list>.
没有名为 <name> 的选项：请从 <list> 中选择。

This plan has no stage <name>: it has <list>.
这个方案没有 <name> 阶段：它有 <list>。

`<code>` cannot be: <_faults>.
不能设为 `<code>`：<_faults>。

`<code>` cannot be: <faults>.
不能设为 `<code>`：<faults>。

<model> makes at most <most> pictures of a job, not <number>.
<model> 每个任务最多画 <most> 张，不能是 <number> 张。

<place>: Input should be greater than or equal to <number>
<place> 不能小于 <number>

<place>: Input should be less than or equal to <number>
<place> 不能大于 <number>

<place>: Input should be greater than <number>
<place> 必须大于 <number>

<place>: Input should be less than <number>
<place> 必须小于 <number>

<place>: Input should be a valid integer, unable to parse string as an integer
<place> 应为整数

<place>: Input should be a valid integer, got a number with a fractional part
<place> 应为整数

<place>: Input should be a valid number, unable to parse string as a number
<place> 应为数字

<place>: Input should be a finite number
<place> 应为有限的数

<place>: Input should be a valid boolean, unable to interpret input
<place> 应为 true 或 false

<place>: Input should be a valid tuple
<place> 应为用逗号隔开的两个数

<place>: <_why>
<place>：<_why>

there is no <kind> <name>: choose one of <list>
没有名为 <name> 的 <kind>：请从 <list> 中选择

an interval runs from its smaller end to its larger one, not from <first> to <last>
区间要从较小的一端到较大的一端，不能从 <first> 到 <last>

stage <name> would begin at <start> and end at <end>: nothing is left to do
阶段 <name> 从 <start> 开始、到 <end> 结束：没有剩下要做的

the picture is <size>, its last stage <other>
图片是 <size>，最后一个阶段却是 <other>

<number> pixels at every side repeat more than they leave of <size>
每边 <number> 像素的重复部分比 <size> 剩下的还多

the frame of the <role> picture lies beside the <size> pixels
<role> 图片的画框落在 <size> 像素之外

“<words>” has a region that no input of this role shows
“<words>”所指的区域没有对应的输入图片

the sum of all weights must be positive, --no counted as -0.5
所有权重之和必须大于 0（--no 计 -0.5）

the sum of all weights must be positive at <moment> of the run, --no counted as -0.5
在进程的 <moment> 处，所有权重之和必须大于 0（--no 计 -0.5）

<pixels> pixels do not hold a picture of <ratio> whose sides are multiples of <multiple>
<pixels> 像素放不下边长为 <multiple> 的倍数、比例为 <ratio> 的图片

<pixels> pixels do not hold a picture of <ratio> in multiples of <multiple>
<pixels> 像素放不下边长为 <multiple> 的倍数、比例为 <ratio> 的图片
"""
