"""What the server itself refuses: people, jobs and pictures."""

TABLE = """
You may have <most> jobs waiting; with this it would be <wanted>.
您最多可以有 <most> 个等待中的任务；加上这些会有 <wanted> 个。

You may make <most> pictures a day; with this it would be <wanted>.
您每天最多可以生成 <most> 张图片；加上这些会有 <wanted> 张。

There is no model <name>: choose one of <list>.
没有名为 <name> 的模型：请从 <list> 中选择。

The name <name> is taken: choose another.
名称 <name> 已有人使用：请换一个。

There is no such person.
没有这个人。

There is no such picture.
没有这张图片。

Name a width or a format: what is made smaller is a WebP.
宽度与格式只能指定一个：缩小的图片总是 WebP。

This picture is larger than a <format> can be: download it as PNG.
这张图片超出了 <format> 的尺寸上限：请下载 PNG。

This picture has too many pixels to be converted.
这张图片像素过多，无法转换格式。

The file of this picture cannot be read.
无法读取这张图片的文件。

There is no such board.
没有这个画板。

There is no such job.
没有这个任务。

Nobody has this key.
没有人使用这个密钥。

Its owner left.
任务的主人已离开。

<number> wrong keys came from this address: wait <seconds> seconds.
这个地址已输错 <number> 次密钥：请等待 <seconds> 秒。

Guests look; to make and change things, ask for another role.
访客只能查看；要生成或修改内容，请申请其他角色。

Only who looks after the server may do that.
只有管理员可以这样做。

This is you: another who looks after the server must do that.
这是您自己：需要由另一位管理员来做。

Nobody has a key yet: make one for yourself first, or the server would shut you out.
目前还没有人有密钥：请先为自己生成一个，否则您会被挡在服务器之外。

Line <line>: <_what>
第 <line> 行：<_what>
"""
