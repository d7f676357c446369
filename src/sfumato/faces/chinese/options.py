"""What options and arguments of commands are for, and the defaults that are said in words."""

TABLE = """
a Midjourney prompt, in quotes: words, then parameters such as --ar 3:2
加引号的 Midjourney 提示词：先写文字，再写 --ar 3:2 之类的参数

ROLE=FILE or ROLE:WEIGHT=FILE; roles: start, mask (white is painted anew), hint, reference
角色=文件 或 角色:权重=文件；角色有 start（起点）、mask（蒙版，白处重画）、hint（提示图）、reference（参考图）

PART=TEXT: from this part of the run on, such as 0.4, other words
时刻=文字：从过程的这一处起（例如 0.4）换成别的提示词

MASK=TEXT or MASK:WEIGHT=TEXT: what is to be seen where MASK is white
蒙版=文字 或 蒙版:权重=文字：蒙版白处要看到什么

folder for the pictures
存放图片的文件夹

print JSON and nothing else on standard output
标准输出只打印 JSON

what draws: a name from `sfumato models`, or a path; again for a refiner or adapter
由谁来画：`sfumato models` 里的名字或路径；再写一次加上精修或适配器

what to paint away from, beside or instead of `--no`
要避开的内容，与 `--no` 一起或代替它

NAME=VALUE or STAGE.NAME=VALUE, such as guidance=5 or base.steps=30
名称=值 或 阶段.名称=值，例如 guidance=5 或 base.steps=30

on a GPU too, the same bits whatever else is running; slower, a CPU always does
在 GPU 上也不论同时做什么都得到逐位相同的结果；较慢，CPU 总是如此

make it here, also where a server runs
即使有服务器在运行也在这里画

address of a server that makes it; SFUMATO_KEY is sent as the key
由哪个服务器来画，写它的地址；SFUMATO_KEY 作为密钥发送

give these jobs up instead
改为放弃这些任务

a prompt, in quotes
加引号的提示词

read one prompt from each line of standard input
从标准输入每行读一个提示词

a picture made by Sfumato
Sfumato 画的图片

how many held-out prompts; of `upscale` at most 64 renders
多少个未见过的提示词；`upscale` 时至多 64 张渲染图

a family; see `sfumato models`; or `upscale`
模型的名字，见 `sfumato models`；或者 `upscale`

draws the prompts and the noise
产生提示词和噪声的种子

pictures, also in folders below
图片，包括子文件夹中的

lines {"file": …, "prompt": …}
每行一个 {"file": …, "prompt": …}

real pictures to measure distances to
用来比较距离的真实图片

a folder with inception.safetensors and clip/, where you have them
装有 inception.safetensors 和 clip/ 的文件夹（如果你有）

print the thousand prompts to make pictures of
打印用来出图的一千条提示词

the file to write
要写的文件

how many pictures
多少张图片

another seed, other pictures
换一个种子，就是另一些图片

pixels of a side
边长的像素数

only pictures of this kind
只要这一类图片

a prompt a line, or a table (.csv)
每行一个提示词，或一张表（.csv）

under another, the same rows are made again
换一个名字，同样的行会再画一遍

say where a server has the tools, or start one
说明哪个服务器提供这些工具，或者启动一个

a folder of PNG, JPEG and WebP files
装有 PNG、JPEG 和 WebP 文件的文件夹

whose they become
归谁所有

only their owner sees them
只有主人能看到

folder for pictures and jobs
存放图片和任务的文件夹

any PNG, JPEG or WebP
任何 PNG、JPEG 或 WebP 图片

where to listen; 0.0.0.0 is every address
监听的地址；0.0.0.0 表示所有地址

0 takes any that is free
0 表示任意空闲端口

how long what is in the trash can be taken back
回收站里的内容多久之内可以取回

what prompts may not ask for: off, normal, strict, or a file of your own
提示词不可以要求什么：off、normal、strict，或自己的文件

what to call this person
怎样称呼这个人

what they may do
可以做什么

jobs that may wait at a time
同时可以等待的任务数

pictures that may be made a day
每天可以画的图片数

-1 is any number
-1 表示不限

a day; -1 is any number
每天；-1 表示不限

without asking
不再询问

words of the prompt or the tags
提示词或标签中的文字

made by this one
由这个模型画的

made since: 2026-11-23, or 7d, 12h ago
从何时起：2026-11-23，或 7d（天）、12h（小时）之前

only liked ones
只要点过赞的

on this board, by name or id
在这个画板上，写名字或编号

what is in the trash, and only that
只要回收站里的

at most so many
至多这么多

id of a picture, or its start; last is the newest
图片的编号或其开头；last 是最新的

ids of pictures, or their starts; last is the newest
图片的编号或其开头；last 是最新的

0 takes a rating back
0 取消评分

a folder
文件夹

with the pictures themselves
连同图片本身

only those
只要这些

ids of jobs, or their starts; last is the newest
任务的编号或其开头；last 是最新的

a setting, see `sfumato settings`
设置的名称，见 `sfumato settings`

as it is written in the file, or in the environment
与文件或环境变量中的写法相同

OWNER/NAME of the Hugging Face hub, OWNER/NAME/FILE of it, a folder, a .safetensors file, or a model that is here; several make one model: a base with its LoRA, refiner or prior
Hugging Face 的 所有者/名称 或 所有者/名称/文件、文件夹、.safetensors 文件，或这里已有的模型；写几个就合成一个模型：基础模型加 LoRA、精修或先验

what to call it
起什么名字

copy files of this machine; else they stay where they are
复制本机的文件；否则留在原处

branch, tag or commit of a repository
仓库的分支、标签或提交

such as fp16: half the download, where there is one
例如 fp16：有的话下载量减半

a name from `sfumato models`
`sfumato models` 里的名字

who paints it from now on
以后由谁来画

of `--v`, such as 7; or test, testp
`--v` 的值，例如 7；或 test、testp

of `--niji`, such as 6
`--niji` 的值，例如 6

of `--style`, such as raw or cute
`--style` 的值，例如 raw 或 cute

off, normal, strict, or a file of your own
off、normal、strict，或自己的文件

where to write them
写到哪里

who signs, as viewers show it
由谁签名，查看器会显示

the picture, any PNG, JPEG or WebP
图片，任何 PNG、JPEG 或 WebP

what is to be seen, with parameters as for imagine
要看到什么，可带与 imagine 相同的参数

change the composition too
连构图也改变

0 is the picture itself, 1 takes nothing from it
0 就是原图，1 完全不用原图

a picture that is white where it is painted anew
白处要重画的图片

how much smaller the picture becomes
图片缩小到几分之一

where to go on
往哪边继续

how much of what the model paints at once is new
模型一次所画的范围里新画的比例

how much longer its sides become
边长放大几倍

add what is not in the picture
添上图片里没有的细节

two to five pictures
两到五张图片

what is to be seen beside them
除它们之外还要看到什么

(the shipped one)
（自带的模型）

(the one that runs here)
（在这里运行的那个）

(what the pictures carry)
（图片里带有的）

the picture's own words
图片自己的提示词

shows the table
显示这张表

beside the settings
设置文件旁边
"""
