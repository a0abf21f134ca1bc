# What @cast, @var, @enum and $names may mean, and what is offered when there is no such name.
. $TESTSUITE/cli/message.inc

# Each pattern must be in the script as pass 2 leaves it.
means() {
	"$STAP" -g -p2 -v -v -e "$1" >out 2>err || { echo "$1:"; cat err; failed=1; }
	script=$1; shift
	for pattern; do
		cat out err | grep -q -- "$pattern" && continue
		echo "$script: nothing like '$pattern' in:"; cat out err; failed=1
	done
}

message 'probe begin { println(@enum("PIDTYPE_TGD")) }' "no enumerator 'PIDTYPE_TGD'" 'did you mean: PIDTYPE_TGID'
message 'probe begin { println(@var("jifies")) }' "unable to find global 'jifies'" 'did you mean: jiffies'
message 'probe begin { println(@var("x", "nfss")) }' "no module 'nfss' is installed" 'did you mean: nfs'
message 'probe begin { println(@cast(0, "file", "nfss")->f_pos) }' "no module 'nfss' is installed" 'did you mean: nfs'
message 'probe kernel.function("vfs_read") { println($return) }' 'only .return probes'
message 'probe kernel.function("vfs_read") { println($count->x) }' "unable to find member 'x': size_t is not a structure"
message 'probe kernel.function("vfs_read") { println($file->f_pth) }' 'did you mean: f_path'

message 'probe kernel.function("vfs_read") { println($file->f_path) }' "'\$file->f_path' is a whole structure (struct path" 'name a member with ->'
message 'probe kernel.function("vfs_read") { p = $file println(p->f_path) }' "'f_path' is a whole structure (struct path"

# Enumerators are in sight where code is probed; parts of the image that could be modules are no trouble.
means 'probe kernel.function("vfs_read") { println($PIDTYPE_TGID, @defined($PIDTYPE_TGID), @defined($PIDTYPE_NONE)) }' 'println(1, 1, 0)'
means 'probe begin { println(@defined(@cast(0, "struct ext4_inode_info", "ext4")->i_flags), @defined($PIDTYPE_TGID)) }' 'println(1, 0)'

# Types of headers: of programs, which may differ from the kernel's of the same name, and of the kernel.
means 'probe begin { println(@cast(0, "FILE", "<stdio.h>")->_fileno, @cast(0, "struct stat", "<sys/stat.h>")->st_atim->tv_sec) }' 'println(@int32(112), @int64(72))'
means 'probe begin { println(@cast(0, "struct tm", "<pwd.h><time.h>")->tm_hour) }' 'println(@int32(8))'
message 'probe begin { println(@cast(0, "struct nosuch", "<nosuch.h>")->x) }' "'<nosuch.h>' cannot be compiled here"
message 'probe begin { println(@cast(0, "struct nosuch", "<stdio.h>")->x) }' "type definition 'struct nosuch' not found"
means 'probe begin { println(@defined(@cast(0, "struct snd_card", "kernel<sound/core.h>")->number), @cast(0, "task_struct", "kernel<linux/sched.h>")->pid) }' 'println(1, '
exit $failed
