# The debug information of the kernel (590 MB) is read as far as a question needs it: under 3 s and
# 250 MB, with nothing kept from before, and what is kept included.
vmlinux=/usr/lib/debug/boot/vmlinux-$SYSTEMTAP_RELEASE
[ -r "$vmlinux" ] || { echo "the package linux-image-$SYSTEMTAP_RELEASE-dbg is not installed"; exit 77; }
set -e
export SYSTEMTAP_DIR=$PWD/data

# Runs a script up to pass 2; checks what -v tells of processor time (ms) and memory (kB).
cheap() {
	rm -rf data
	"$STAP" -v -p2 -e "$1" >out 2>err || { cat err; exit 1; }
	cat err
	set -- $(sed -n 's/^Pass 2: .*\/\([0-9]*\)res\/.* in \([0-9]*\)usr\/\([0-9]*\)sys.*/\1 \2 \3/p' err)
	kept=$(du -sk data | cut -f1)
	[ $(($1 + kept)) -lt 250000 ]
	[ $(($2 + $3)) -lt 3000 ]
}

cheap 'probe kernel.statement("*@fs/read_write.c:*") { println($$vars) }'
[ "$(grep -c '^kernel.statement' out)" -gt 300 ]
cheap 'probe kernel.function("*@fs/read_write.c").call { println($$parms) }'
grep -q '^kernel.function("vfs_read@fs/read_write.c:[0-9]*").call$' out
cheap 'probe kernel.function("fdget_pos").inline { println($$vars) }'
cheap 'probe begin { println(@var("max_threads@kernel/fork.c") + @var("init_task")->pid) }'

# Inside functions: locals, parameters that only the entry tells, globals of one file.
"$STAP" -l 'kernel.statement("ksys_read@fs/read_write.c+*")' 2>/dev/null && exit 1
"$STAP" -p4 -e 'probe kernel.statement("ksys_read@fs/read_write.c+5") { println($fd, $count, $$locals$) }'
"$STAP" -p2 -e 'probe kernel.statement("vfs_read@fs/read_write.c+6") { println($ret) }' 2>err && exit 1
grep -q "'\$ret' is optimised out here" err
grep -q 'available here: .*\$file, \$buf, \$count, \$pos' err
"$STAP" -p2 -e 'probe kernel.function("vfs_read").return { println($ret) }' 2>err && exit 1
grep -q "the local variable '\$ret' is gone" err

# What is not where it was looked for.
message() {
	"$STAP" -p2 -e "probe $1 { println(1) }" 2>err && exit 1
	grep -q -- "$2" err && grep -q -- "$3" err || { cat err; exit 1; }
}
message 'kernel.function("vfs_read@fs/read_writ.c")' "'vfs_read' is not in file 'fs/read_writ.c'" 'it is in fs/read_write.c:'
message 'kernel.statement("vfs_read@kernel/fork.c:10")' "'vfs_read' is not in file" 'it is in fs/read_write.c:'
message 'kernel.statement("vfs_read@fs/read_write.c+5")' 'no statement matches' 'closest lines with code are +[0-9]* and +[0-9]*'
message 'kernel.statement("vfs_reed@fs/read_write.c+5")' "no function matches 'vfs_reed'" 'did you mean: vfs_read'
message 'kernel.function("*@fs/read_writ.c")' "no function matches '\*' in file 'fs/read_writ.c'" 'did you mean: fs/read_write.c'
message 'kernel.function("*@nosuch_directory/x")' 'no function matches' 'files are named as their end'
message 'kernel.function("vfs_read").inline' "function 'vfs_read' is inlined nowhere" 'vfs_read").call'
message 'kernel.function("copy_process").label("bad_fork_fre")' "no label 'bad_fork_fre'" 'did you mean: bad_fork_free'
message 'kernel.function("copy_process").label("x")' "no label 'x'" 'its labels are: .*bad_fork_free'
message 'kernel.function("vfs_read").label("*")' "no label '\*' is in 'vfs_read'" 'the compiler left no label'
