"""What a model cannot do, and what it does without."""

TABLE = """
The house model
内置模型

The house model does not know <words>: it drew the rest.
内置模型不认识 <words>，只画了其余部分。

The house model cannot write: quoted text is read as words.
内置模型不会写字：引号中的内容按普通词语处理。

The weights <files> are not on this machine.
本机上没有权重文件 <files>。

<model> does not read pictures as words: it begins from the mean of these.
<model> 不能把图片当作词语来理解：会从这些图片的平均开始。

<model> needs <packages>, which is not installed: <how>.
<model> 需要 <packages>，但尚未安装：<how>。

<model> needs <packages>, which are not installed: <how>.
<model> 需要 <packages>，但尚未安装：<how>。

<model> has no stage <name>: it has <list>.
<model> 没有 <name> 阶段：它有 <list>。

This plan needs other <stage> weights (<hash>) than those here.
这个方案需要另一份 <stage> 权重（<hash>），与这里的不同。

This plan needs an adapter (<hash>) that is not here: name its file too.
这个方案需要的适配器（<hash>）不在这里：请同时给出它的文件。

<model> cannot <operation>: it can <list>.
<model> 不能 <operation>：它能做 <list>。

<model> cannot take a picture as <role>: it takes <list>.
<model> 不能以 <role> 的方式使用图片：它接受 <list>。

<model> cannot take a picture as <role>: it draws from words alone.
<model> 不能以 <role> 的方式使用图片：它只按文字来画。

<model> needs a picture as <role>: give one.
<model> 需要一张作为 <role> 的图片：请给出一张。

A mask says which part of a picture is painted anew: give the picture as start too.
蒙版指出图片的哪一部分要重画：请同时给出作为 start 的图片。

The weights of the start pictures add up to <sum>: make their sum positive.
起始图片的权重之和是 <sum>：请使其大于 0。

<model> cannot begin stage <stage> from a picture: start it at 0 of its run.
<model> 的 <stage> 阶段不能从图片开始：请从进程的 0 开始。

Stage <stage> begins at <start> of its run: give it a start picture.
<stage> 阶段从进程的 <start> 处开始：请给出起始图片。

<model> takes its guidance as a number, so nothing can be guided away from: <_what>.
<model> 的引导只是一个数字，无法避开某些内容：<_what>。

leave out the negative prompt
请去掉负面提示词

leave out `--no` and negative weights
请去掉 `--no` 和负权重

A region says where a text is to be seen: give it together with its text.
区域指出文字要画在哪里：请与它的文字一起给出。

<model> makes one thing of all words before it paints: its prompt cannot change on the way.
<model> 在开始画之前把所有词语合为一体：提示词不能中途改变。

<model> makes one thing of all words before it paints: they cannot have regions of their own.
<model> 在开始画之前把所有词语合为一体：词语不能各有区域。

The windows of stage <stage> are <width> pixels wide: make them a multiple of <number>.
<stage> 阶段的窗口宽 <width> 像素：请改为 <number> 的倍数。

<model> reads one picture as <role>: leave out the others.
<model> 只读一张作为 <role> 的图片：请去掉其余的。

<model> paints sides that are multiples of <number> px, and <size> is not.
<model> 的边长须为 <number> 像素的倍数，<size> 不是。

<model> paints sides that are multiples of <number> pixels, not <size>: choose another size.
<model> 的边长须为 <number> 像素的倍数，不能是 <size>：请换一个尺寸。

<model> has no table of noise for the schedule <name>: take linear.
<model> 没有 <name> 时间表的噪声表：请用 linear。

<model> has no table of noise for the <name> schedule: choose linear.
<model> 没有 <name> 时间表的噪声表：请用 linear。

The <name> schedule needs a largest noise, but <model> begins in pure noise: use trailing.
<name> 时间表需要一个最大的噪声，而 <model> 从纯噪声开始：请用 trailing。

<model> has nothing that the knob <name> could act on: leave it out.
<model> 中没有 <name> 可以作用的地方：请去掉它。

<model> was trained without guidance: the number <number> has no effect.
<model> 训练时不用引导：<number> 不起作用。

The <name> schedule needs a largest noise, but this model begins in pure noise: use <other>.
<name> 时间表需要一个最大的噪声，而这个模型从纯噪声开始：请用 <other>。

The run begins in pure noise, so the start picture has no effect: begin it later.
进程从纯噪声开始，起始图片不起作用：请从更晚处开始。

<model> reads all its pictures with one weight: others have no effect.
<model> 以同一权重读取所有图片：其他权重不起作用。

<model> makes a picture in two stages, <first> and then <second>: give the plan both.
<model> 分两个阶段作画，先 <first> 后 <second>：方案中两者都要有。

<model> paints from one embedding and never sees letters: quoted text is read as words.
<model> 按一个嵌入来画，看不到字母：引号中的内容按普通词语处理。

<model> takes one picture as <role>: the first.
<model> 只用一张作为 <role> 的图片：第一张。

The picture to start from has no effect: stage <stage> begins at 0 of its run.
起始图片不起作用：<stage> 阶段从进程的 0 开始。

Stage <stage> takes ddpm's steps: euler-ancestral in its place has no effect.
<stage> 阶段使用 ddpm 的步骤：换成 euler-ancestral 不起作用。

There is nothing to <operation>: give words or reference pictures.
没有可以 <operation> 的内容：请给出文字或参考图片。

The weights of words and reference pictures add up to <sum>: make their sum positive.
文字和参考图片的权重之和是 <sum>：请使其大于 0。

<model> cannot paint <size>: sides are multiples of <number>.
<model> 不能画 <size>：边长须为 <number> 的倍数。

<model> cannot see <size> at once: no side may be longer than <most> pixels.
<model> 不能一次看到 <size>：任何一边都不能超过 <most> 像素。

<model> reads at most <most> reference pictures; <number> are given.
<model> 最多读取 <most> 张参考图片；这里有 <number> 张。

<model> reads every reference picture with weight 1: say in the prompt how much it matters.
<model> 以权重 1 读取每张参考图片：它的重要程度请写在提示词里。

The prompt names some pictures but not <name>: name it too, or leave it out.
提示词提到了一些图片，但没有提到 <name>：请也提到它，或去掉它。

<model> guides by words and pictures in its own way: <name> has no effect.
<model> 以自己的方式按文字和图片引导：<name> 不起作用。

<model> makes no smaller picture larger: augment has no effect.
<model> 不会把小图放大：augment 不起作用。

Without a reference picture image_guidance has no effect.
没有参考图片时，image_guidance 不起作用。

The stages of <model> run once each and in this order: <list>.
<model> 的各阶段各运行一次，顺序为：<list>。

The start picture has no effect: no stage begins from it.
起始图片不起作用：没有阶段从它开始。

The sampler euler-ancestral has no effect: on this path it is ddpm by another name.
采样器 euler-ancestral 不起作用：在这里它只是 ddpm 的另一个名称。

Stage <stage> makes a picture <factor> times as wide and high: after <before> <size> pixels, not <other>.
<stage> 阶段把宽和高放大 <factor> 倍：在 <before> 之后应为 <size> 像素，而不是 <other>。

Change one of the two.
请改变其中之一。

Stage <stage> cannot go on where <before> stops, as its picture is larger: \
start it at 0, or at another part of its run than <start>.
<stage> 阶段的图片更大，不能从 <before> 停下的地方继续：请从 0 开始，或从 <start> 以外的位置开始。

Stage <stage> cannot make <size> pixels: give sides that are multiples of <number>.
<stage> 阶段不能画 <size> 像素：边长须为 <number> 的倍数。

Stage <stage> was trained with augmentation up to <most>, not <number>: lower it.
<stage> 阶段训练时的增强最多到 <most>，而不是 <number>：请调低。

Stage <stage> takes no adapters: give them to stage <other>.
<stage> 阶段不接受适配器：请给 <other> 阶段。

A picture is given as <role>, but the plan uses no <what>: name one, or leave it out.
给出了作为 <role> 的图片，但方案没有使用 <what>：请指定一个，或去掉图片。

<given> pictures are given as hint, but each of the plan's ControlNets reads one, and it uses <used>.
给出了 <given> 张结构图，但方案的每个 ControlNet 各读一张，这里用了 <used> 个。

Without a picture with the role hint, <number> of this plan's ControlNets will have no effect.
没有作为 hint 的图片时，方案中的 <number> 个 ControlNet 不起作用。

The <name> schedule counts entries of a table; this model has none: use <other>.
<name> 时间表按表中的条目计数，而这个模型没有这样的表：请用 <other>。

A picture of <size> has no whole latent here: make both sides multiples of <number>.
<size> 的图片在这里没有完整的潜变量：请把两边都改为 <number> 的倍数。

<model> is a consistency model, whose way of sampling is not known here: use its teacher.
<model> 是一致性模型，这里不支持它的采样方式：请用它的教师模型。

This refiner cannot go on from this base: their latents, or their noise, are not the same.
这个精修模型不能接着这个基础模型画：两者的潜变量或噪声不同。

Leave the refiner out.
请去掉精修模型。

A base and its refiner work on one latent: give both stages the same size.
基础模型和精修模型使用同一个潜变量：两个阶段的尺寸须相同。

<steps> steps are too few to hand on from <first> to <second> at <end> of the run: take more steps.
<steps> 步太少，不足以在进程的 <end> 处由 <first> 交给 <second>：请增加步数。

The text encoder of <model> has <number> layers that can be left out, not <most>.
<model> 的文本编码器可以略去 <number> 层，而不是 <most> 层。

This model reads its texts through every layer of what encodes them: set clip_skip to 0.
这个模型用文本编码器的每一层来读取文字：请把 clip_skip 设为 0。

<model> knows no places beyond <most> px: \
make the picture smaller, or let it look through windows (the knob window).
<model> 不认识 <most> 像素以外的位置：请把图片改小，或让它透过窗口来看（window 选项）。

At guidance 1 nothing is guided away from, so a negative prompt and the knobs of guidance have no effect: \
raise the guidance.
引导为 1 时不会避开任何内容，负面提示词和引导的各个选项都不起作用：请提高引导。

<model> cannot be told that a picture has no borders: leave out `--tile`.
无法让 <model> 画出没有边界的图片：请去掉 `--tile`。

<model> is run as a whole and cannot stop half way: leave out `--stop`.
<model> 是整体运行的，不能中途停止：请去掉 `--stop`。

<model> reads one text as it is, without weights: \
write one, and what is not wanted as the negative prompt in place of `--no`.
<model> 只按原样读取一段文字，没有权重：请写成一段，不想要的内容用负面提示词代替 `--no`。

<model> takes no negative prompt: leave it out.
<model> 不接受负面提示词：请去掉。

<model> walks in its own way and is not asked step by step: leave out <list>.
<model> 按自己的方式采样，不能逐步询问：请去掉 <list>。

<model> was made to change pictures: give it one as reference, or it paints from words alone.
<model> 是用来修改图片的：请给出一张作为 reference 的图片，否则它只按文字来画。

What <model> is guided away from is a network that knows no words, so it takes no negative prompt: \
leave it out, and say with `--no` what is not wanted.
<model> 的引导以一个不认识词语的网络为参照，因此不接受负面提示词：请去掉，不想要的内容用 `--no` 说明。

<model> adds nothing of its own to a picture, it only makes it larger: \
leave out `--creative`, or choose a model that paints.
<model> 不会给图片添加内容，只把它放大：请去掉 `--creative`，或选一个会画的模型。

<model> only makes a picture larger and reads no words: the prompt has no effect.
<model> 只放大图片，不读文字：提示词不起作用。

<model> reads no words: leave out weights, `--no` and the negative prompt.
<model> 不读文字：请去掉权重、`--no` 和负面提示词。

The knob window has no effect on the picture: it is how much is made larger at once.
window 选项对图片不起作用：它只是一次放大多少。

<model> keeps the length of what it says in any case: the knob rescale has no effect.
<model> 总会保持输出的长度：rescale 选项不起作用。

Stage <stage> reads no words: guidance has no effect there.
<stage> 阶段不读文字：引导在那里不起作用。

<model> is not asked without some of its layers: leave out <list>.
不能让 <model> 略去部分层来看：请去掉 <list>。

The layers of <model> are numbered 0 to <last>: skip_layers cannot name <list>.
<model> 的层编号为 0 到 <last>：skip_layers 不能写 <list>。

Without any of its layers <model> sees nothing: name fewer in skip_layers.
略去所有的层，<model> 就什么也看不到：请在 skip_layers 中少写几层。

Without skip_layers, skip_guidance and skip_interval have no effect: name layers, as 7,8,9.
没有 skip_layers 时，skip_guidance 和 skip_interval 不起作用：请写出层，如 7,8,9。

No text says <list>: what was learned for it has no effect.
没有文字提到 <list>：为它学到的内容不起作用。

Write it in the prompt.
请把它写进提示词。

<file> was made for another model: its vectors are <width> wide, and <model> reads texts as <number>.
<file> 是为另一个模型制作的：它的向量宽 <width>，而 <model> 以 <number> 读取文字。

Get one made for this model.
请使用为这个模型制作的。

<file> and <other> are both called <name>: rename one.
<file> 和 <other> 都叫 <name>：请给其中一个改名。

<decoder> decodes latents of Stable Diffusion 1 and 2, and those of <model> are others: leave it out.
<decoder> 解码 Stable Diffusion 1 和 2 的潜变量，而 <model> 的潜变量不同：请去掉它。

<names> both decode latents, which one alone can do: leave one out.
<names> 都用来解码潜变量，只能有一个：请去掉一个。

<folder> is a Kandinsky 3 model without <list>: get these folders of its release.
<folder> 是缺少 <list> 的 Kandinsky 3 模型：请获取其发布中的这些文件夹。

<path> is no adapter that can be read here: an adapter is the .safetensors file of a LoRA, of an IP-Adapter \
or of a textual inversion, or the folder of a ControlNet or of an IP-Adapter's image encoder.
<path> 不是这里能读取的适配器：适配器是 LoRA、IP-Adapter 或文本反演的 .safetensors 文件，或 ControlNet、\
IP-Adapter 图像编码器的文件夹。

Stage <stage> makes the finished picture larger: it comes after <other>.
<stage> 阶段放大画好的图片：它排在 <other> 之后。
"""
