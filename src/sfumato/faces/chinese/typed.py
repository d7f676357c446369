"""What commands say of what was typed, of files, and of models that are got and kept."""

TABLE = """
There is no picture <path>.
没有图片 <path>。

There is no file <path>.
没有文件 <path>。

There is no <kind> yet.
还没有 <kind>。

There is no <kind> '<said>'.
没有 <kind> '<said>'。

'<said>' begins the ids of several: <shown>. Write more of it.
'<said>' 是好几个编号的开头：<shown>。请多写几位。

`--picture <said>` names no role: write ROLE=FILE, such as start=photo.png.
`--picture <said>` 没有写明角色：请写 角色=文件，例如 start=photo.png。

`--knob <said>` sets nothing: write NAME=VALUE, such as guidance=5.
`--knob <said>` 什么也没有设定：请写 名称=值，例如 guidance=5。

`--then <said>` says nothing: write PART=TEXT, such as 0.4='a blue owl'.
`--then <said>` 没有内容：请写 时刻=文字，例如 0.4='一只蓝色的猫头鹰'。

`--region <said>` says nothing: write MASK=TEXT, such as left.png='a tree'.
`--region <said>` 没有内容：请写 蒙版=文字，例如 left.png='一棵树'。

'<said>' in <where> is no number: write <form>.
<where> 里的 '<said>' 不是数字：请写 <form>。

<words> is no words but a number: how far to zoom is said as --factor <number>.
<words> 不是文字而是数字：缩放多少请写 --factor <number>。

Tools for assistants need a package more: pip install 'sfumato[mcp]'.
为助手提供工具还需要一个软件包：pip install 'sfumato[mcp]'。

There is no board '<said>': there are <have>.
没有画板 '<said>'：现有 <have>。

'<said>' is no day: write 2026-11-23, or 7d, 12h, 30min.
'<said>' 不是日期：请写 2026-11-23，或 7d、12h、30min。

<_own> With --alone it is done here.
<_own>用 --alone 可以在这里做。

No server answers at <url>: start it there, or correct --server.
<url> 没有服务器应答：请在那里启动，或改正 --server。

<users> uses files of <name>: remove that first.
<users> 用着 <name> 的文件：请先删除它。

A row is of one model: say `--v` or `--niji`.
一行只对应一个模型：写 `--v` 或 `--niji`。

Say what it is to paint: `--v 7`, `--niji 6`, or `--style raw`.
请写明它要画什么：`--v 7`、`--niji 6` 或 `--style raw`。

There is no row <key>: see `sfumato models map`.
没有 <key> 这一行：见 `sfumato models map`。

give a folder with pictures, or --ask en for the prompts to make them of.
请给出装有图片的文件夹，或用 --ask zh 取得出图用的提示词。

Completion is for bash, zsh and fish, and SHELL names <shell>.
补全适用于 bash、zsh 和 fish，而 SHELL 是 <shell>。

Say which model, such as: sfumato models map --v 7 flux-dev
请写明哪个模型，例如：sfumato models map --v 7 flux-dev

Say whose they become: --owner <people>.
请写明归谁所有：--owner <people>。

<told> is no setting '<name>': <hint>
<told> 没有设置 '<name>'：<hint>

<path> sets <name> over several lines: change it there.
<path> 用多行写了 <name>：请直接在文件里改。

<path> is no TOML that can be read: <error>.
<path> 不是可读的 TOML：<error>。

Another process is at work on <path>: wait for it.
另一个进程正在处理 <path>：请等它完成。

This picture was made from other pictures (<wanted>): name their files too.
这张图片由其他图片（<wanted>）制成：请把它们的文件也写上。

<path> is a grid of pictures: choose one of them.
<path> 是拼图：请选其中一张。

<path> was made without words: say what is to be seen.
<path> 没有提示词：请写出要看到什么。

<path> carries no plan: it was not made by Sfumato, or a program removed its record.
<path> 里没有计划：不是 Sfumato 画的，或者记录被别的程序去掉了。

<_said> Then say what is to be seen, after the picture's name.
<_said>请在图片名之后写出要看到什么。

<path> is not a picture that can be read: <error>.
<path> 不是可读的图片：<error>。

<path> carries a record that Sfumato did not write.
<path> 里的记录不是 Sfumato 写的。

<path> has <error> pixels: make it smaller first.
<path> 有 <error> 像素：请先缩小。

This file has no prompts: write one a line.
文件里没有提示词：每行写一条。

Line 1: no column is named prompt.
第 1 行：没有名为 prompt 的列。

Line <line> is no UTF-8: save the file in this encoding.
第 <line> 行不是 UTF-8：请用这种编码保存文件。

The weights <names> are not on this machine.
这台机器上没有权重 <names>。

<path> has no .safetensors file in it: name the folder or file of a model's weights.
<path> 里没有 .safetensors 文件：请写模型权重所在的文件夹或文件。

<name> is no .safetensors file: name a model's folder or its .safetensors file.
<name> 不是 .safetensors 文件：请写模型的文件夹或它的 .safetensors 文件。

<name> is a pickle, which can run any program when it is read: get this model's .safetensors files, or have its maker convert it (safetensors.torch.save_file).
<name> 是 pickle，读取时可以运行任意程序：请取这个模型的 .safetensors 文件，或请作者转换（safetensors.torch.save_file）。

No model '<name>' was added; these were: <have>.
没有添加过模型 '<name>'；已添加的有：<have>。

There is nothing at <source>: name a folder, a file, or a repository as OWNER/NAME.
<source> 处什么也没有：请写文件夹、文件，或 所有者/名称 形式的仓库。

There are several adapters in it, so name one: <have>.
里面有几个适配器，请指明一个：<have>。

Of this model <names> is missing: get it whole.
这个模型缺少 <names>：请取得完整的模型。

'<name>' cannot be a name: write small letters, digits and . _ -, at most 64.
'<name>' 不能作名字：请用小写字母、数字和 . _ -，至多 64 个字符。

'<name>' is the name of a kind of model: choose another.
'<name>' 是一种模型的名称：请换一个。

There is a model '<name>' already: choose another name, or remove that one first.
已经有名为 '<name>' 的模型：请换个名字，或先删除它。

This is here already, as <name>: say `--name` to have it twice.
这个模型已经在这里，名为 <name>：要再添一份请写 `--name`。

Getting models from a hub needs huggingface-hub: pip install 'sfumato[models]'.
下载模型需要 huggingface-hub：pip install 'sfumato[models]'。

<path> came damaged and was thrown away: run the same command again.
<path> 收到时已损坏，已丢弃：请再执行同一条命令。

<what> is given only to people who accepted its terms: accept them on its page, then log in with `hf auth login` or set HF_TOKEN, and run the same command again.
<what> 只给接受了条款的人：请在其页面上接受，再用 `hf auth login` 登录或设置 HF_TOKEN，然后执行同一条命令。

There is no repository <what>, or it is private: look at how it is written, or log in with `hf auth login` or HF_TOKEN.
没有仓库 <what>，或者它是私有的：请检查写法，或用 `hf auth login` 或 HF_TOKEN 登录。

<what> has no such revision: leave `--revision` out for the newest.
<what> 没有这个版本：去掉 `--revision` 即取最新的。

<what> is no name of a repository: they are written OWNER/NAME.
<what> 不是仓库名：应写成 所有者/名称。

HF_HUB_OFFLINE is set, so nothing is asked of the hub: unset it.
设置了 HF_HUB_OFFLINE，所以不会联网：请取消它。

The hub cannot be reached for <what> (<error>): look at the network, then run the same command again; what has come stays.
无法连接到 Hugging Face 获取 <what>（<error>）：请检查网络，再执行同一条命令；已下载的部分会保留。

There is no version '<key>': these are <names>, with a style if any.
没有版本 '<key>'：现有 <names>，后面可加风格。

There is no model '<name>': choose one of <have>, or the path of one.
没有模型 '<name>'：请从 <have> 中选一个，或写模型的路径。

<name> is no model but what is added to one (<kind>): name both, as -m MODEL -m <again>.
<name> 不是模型，而是加在模型上的（<kind>）：请两个都写，如 -m 模型 -m <again>。
"""
