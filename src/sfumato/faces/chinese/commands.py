"""What commands do: their helps, and what stands around them."""

TABLE = """
An open, self-hosted Midjourney.
一个开源、自己托管的 Midjourney。

Try: sfumato imagine 'a red fox in the snow --ar 3:2'
试试：sfumato imagine '雪地里的红狐狸 --ar 3:2'

Options
选项

Commands
命令

Edits of a picture
修改图片

Positional arguments
参数

Show this message and exit.
显示这段说明后退出。

Show the version and exit.
显示版本后退出。

Have this shell (bash, zsh or fish) complete commands and options.
让这个 shell（bash、zsh 或 fish）补全命令和选项。

Print what does that, to put it where you want it.
打印补全脚本，由你放到合适的地方。

Make four pictures and their grid from a prompt: on the server that runs here, else alone.
按提示词画四张图片和它们的拼图：有服务器在运行就由它来画，否则自己画。

Go on with jobs that were stopped: they end with the pictures they would have had.
接着做被中断的任务：得到的图片和没有中断时一样。

Show how a prompt is read, without making a picture.
显示提示词会怎样被理解，不画图。

Show the plan inside a picture.
显示图片里保存的计划。

Make a picture again from its plan and compare: exit 0 identical, 1 different, 2 not possible here.
按图片里的计划重画一遍并比较：退出码 0 完全相同，1 不同，2 在这里做不到。

Measure a model: how often a judge recognises what held-out prompts name; or how well it enlarges.
测量一个模型：评判网络认出未见过的提示词所说事物的比例；或者它放大的质量。

Measure any pictures: what a judge sees of their prompts, FID, KID, CLIP score.
测量任何图片：评判网络看到提示词中的多少内容，以及 FID、KID、CLIP 分数。

Draw a contact sheet of the painted world, which the house model learns from, with captions.
画一张自绘世界的样张并附上说明文字，自家模型就是从中学习的。

Make every row of a file, each once: stopped or killed, the same command goes on.
把文件的每一行各画一次：中断或被杀后，同一条命令会接着做。

Be the tools of an assistant (Model Context Protocol), over standard input and output.
通过标准输入输出为助手提供工具（模型上下文协议 MCP）。

Bring pictures into the gallery, with the prompts that other programs wrote into them.
把图片收进图库，连同别的程序写在里面的提示词。

Say what to ask for to get such a picture, and whether that is known or guessed.
说出怎样的提示词能得到这样的图片，并说明是确知的还是猜的。

Serve the studio over HTTP, for this machine alone unless an address is named.
以 HTTP 提供画室；不指定地址时只供本机使用。

Who may use the server, by their keys.
谁可以用服务器，按他们的密钥。

Add a person and print their key, which is told only now.
添加一个人并打印其密钥；密钥只在此时显示。

Print a new key for a person; the one before is of no use any more.
为一个人打印新密钥；旧密钥随即失效。

Take a person's key away: programs and browsers that used it are out at once.
收回一个人的密钥：用它的程序和浏览器立即退出。

`key` gives a new one.
用 `key` 可以再给一个新的。

Give a person another role or other quotas; what is not named stays.
给一个人另一种角色或其他配额；没有提到的不变。

Remove a person: key, waiting jobs, private pictures and boards.
删除一个人：密钥、等待中的任务、私密图片和画板。

What all may see stays.
大家都能看到的仍然保留。

Print everybody: name, role, quotas.
打印所有人：名字、角色、配额。

The pictures that the server keeps.
服务器保存的图片。

List pictures, the newest first.
列出图片，最新的在前。

Show a picture's plan, and as a tree what it comes from and what came of it.
显示图片的计划，并以树形显示它的来源和由它产生的图片。

Like pictures.
给图片点赞。

Take likes back.
取消点赞。

Rate pictures, from 1 to 5 stars.
给图片评分，1 到 5 星。

Put pictures into the trash; `untrash` takes them back.
把图片放进回收站；用 `untrash` 取回。

Take pictures out of the trash.
从回收站取回图片。

Copy the files of pictures, with their plans inside, into a folder.
把图片文件（内含计划）复制到一个文件夹。

Make the index anew from the files: what is in them is all that it needs.
由文件重建索引：所需的一切都在文件里。

Write a new folder with everything; the server may run meanwhile.
把一切写进一个新文件夹；服务器可以照常运行。

Fill a store that is empty from a backup: name a new data folder by --data.
用备份填充空的存储：以 --data 指定新的数据文件夹。

The jobs of the store, which a running server makes.
存储中的任务，由运行着的服务器来做。

List jobs, the newest first.
列出任务，最新的在前。

Stop jobs for good.
彻底取消任务。

Stop jobs until they are resumed.
暂停任务，直到继续。

Let paused jobs go on from where they stood.
让暂停的任务从原处继续。

Begin jobs again that failed or were cancelled.
重做失败或已取消的任务。

What is chosen once, in a file: all of it, where no command is named.
一次选定、写在文件里的设置；不写子命令时全部列出。

That is of every setting its value, where this comes from, its default, and what it is for.
列出每项设置的值、来源、默认值和用途。

Print the value in effect, an empty line where there is none.
打印生效的值；没有则打印空行。

Write a setting into the file; a running server takes it when it starts again.
把设置写进文件；运行着的服务器重启后采用。

Take a setting out of the file: its default holds again.
从文件中去掉一项设置：恢复默认值。

Print where the file is; it need not be there.
打印文件的位置；文件可以还不存在。

Say what is wrong in the file and the environment: exit 0 nothing, 2 something.
说明文件和环境变量中有什么错误：退出码 0 没有，2 有。

What draws: models that are here, and how to get others.
由谁来画：这里有的模型，以及怎样得到其他模型。

List the models that are here and the kinds that can be opened.
列出这里有的模型，以及可以打开的种类。

Get a model: from the hub, a folder or a file.
获取一个模型：来自 Hugging Face、文件夹或文件。

Stopped in the middle, the same command goes on.
中途停下后，同一条命令会接着做。

Remove a model and its files; of one that was registered in place the files stay.
删除一个模型及其文件；就地登记的，文件保留。

Show a model: its networks, licence, memory, and what it can and cannot do.
显示一个模型：它的网络、许可证、所需内存，以及能做和不能做什么。

Let this model draw where none is named.
没有指定模型时由它来画。

Show, or change, which model paints what `--v`, `--niji` and `--style` ask for.
显示或更改由哪个模型来画 `--v`、`--niji` 和 `--style` 所要的。

Take a row of the table back: your own change first, then what came with the package.
撤回表中的一行：先是你自己的更改，然后是随软件包附带的。

What prompts may not ask for.
提示词不可以要求什么。

Say whether a prompt would be refused, by which words: exit 0 allowed, 1 refused.
说明一个提示词是否会被拒绝、因哪些词：退出码 0 允许，1 拒绝。

List the categories and the level at which each is looked at.
列出各类别，以及各自从哪一级开始检查。

Content Credentials (C2PA) in the files of pictures.
图片文件中的内容凭证（C2PA）。

Make a certificate of your own and its key; from then on every picture can be signed.
生成自己的证书和密钥；此后每张图片都可以签名。

Print what the credentials of a picture say, and whether they fit it: exit 1 where they do not.
打印图片的凭证说了什么、是否与图片相符：不符时退出码为 1。

Make pictures like this one; with other words, a remix.
画与这张相像的图片；换了提示词就是改编。

Paint a picture again after other words (image-to-image).
按别的提示词重画一张图片（图生图）。

Paint a part of a picture anew; the rest stays exactly as it is.
重画图片的一部分；其余原样不动。

Show more around a picture; with `--ar` in the words, in another shape.
在图片四周画出更多；提示词里有 `--ar` 时改变画幅。

Go on painting beyond one side of a picture, which becomes larger.
从图片的一侧继续往外画，图片变大。

Paint what is missing around a picture to a square.
补画四周，使图片成为正方形。

Make a picture larger: the same one, or with `--creative` one with more in it.
把图片放大：保持原样，或用 `--creative` 添上更多细节。

Make one picture out of several.
把几张图片合成一张。
"""
