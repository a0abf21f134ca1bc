# -l and -L: sorted, unique, by the names that resolve again; kernel functions within half a second.
export SYSTEMTAP_DEBUGINFO_PATH=$PWD/none	# as where the kernel's debug information is not installed
[ -n "$SYSTEMTAP_RELEASE" ] || { echo no kernel is installed; exit 77; }
failed=0
# As it is without debug information.
export SYSTEMTAP_DEBUGINFO_PATH=$PWD/none

complain() { echo "$*"; failed=1; }

# listed OPTION PATTERN LINE...: each line is there; all are sorted and unique.
listed() {
	option=$1 pattern=$2; shift 2
	"$STAP" $option "$pattern" >out || complain "$pattern: status $?"
	LC_ALL=C sort -u out | cmp -s - out || complain "$pattern: not sorted or not unique"
	for line; do
		grep -qxF -- "$line" out || complain "$pattern: no line '$line' in" "$(head -3 out)"
	done
}

listed -L 'kernel.function("vfs_*")' \
	'kernel.function("vfs_read") $file:struct file* $buf:char* $count:size_t $pos:loff_t*'
listed -L 'kernel.function("vfs_read").return' \
	'kernel.function("vfs_read").return $return:ssize_t $file:struct file* $buf:char* $count:size_t $pos:loff_t*'
listed -L 'kernel.trace("sched_sw*")' \
	'kernel.trace("sched:sched_switch") $preempt:bool $prev:struct task_struct* $next:struct task_struct* $prev_state:unsigned int'
listed -L 'kernel.tracepoint("sched_stat_wait")' 'kernel.tracepoint("sched_stat_wait") $arg1:struct task_struct* $arg2:u64'
listed -l 'kernel.trace("nfs:nfs_access_*")' 'kernel.trace("nfs:nfs_access_enter")'
listed -l 'module("nfs*").tracepoint("nfs_access_*")' 'module("nfs").tracepoint("nfs_access_exit")'
listed -l 'module("n?s").function("nfs_file_*").return' 'module("nfs").function("nfs_file_read").return'
listed -l 'kprobe.function("{no_such_,vfs_}read").return.maxactive(7)' 'kprobe.function("vfs_read").return.maxactive(7)'
listed -l 'timer.*(10)' 'timer.hz(10)' 'timer.jiffies(10)' 'timer.ms(10)'
listed -l 'timer.*' timer.profile
listed -L 'procfs("x").*' 'procfs("x").read $value:string' 'procfs("x").write $value:string'
listed -l 'kernel.data("jiffies").*' 'kernel.data("jiffies").rw' 'kernel.data("jiffies").write'
listed -l 'kernel.data(0xffffffff82000000).length(4).write' 'kernel.data(0xffffffff82000000).length(4).write'
listed -l 'k*.{function("vfs_read"),trace("sched_switch")}' 'kernel.function("vfs_read")' 'kernel.trace("sched:sched_switch")'
listed -l '{begin,end,never,error}' begin end error never
listed -l '*' begin end never oneshot
listed -l '**' begin syscall.read.return timer.profile vfs.read
grep -q '^_' out && complain "hidden names are listed"
listed -L 'netfilter.hook("NF_IP_LOCAL_IN").pf("NFPROTO_IPV4")' \
	'netfilter.hook("NF_IP_LOCAL_IN").pf("NFPROTO_IPV4") $hooknum:long $skb:long $in:long $out:long $verdict:long'
# Aliases of -E are known; its own probes are not listed.
"$STAP" -E 'probe own.one = begin { a = 1 } probe own.one { println(a) }' -E 'probe own.two = own.one { b = "x" }' \
	-L 'own.*' >out || complain "-L with -E: status $?"
printf '%s\n' 'own.one a:long' 'own.two a:long b:string' | cmp -s - out || complain "-L with -E:" "$(cat out)"
"$STAP" -l 'kernel.function("no_such_*")' >out 2>err && complain "nothing found, but status 0"
[ -s out ] && complain "nothing found, but something listed"
grep -q "no function matches 'no_such_\*'" err || complain "nothing found, and no reason given"
"$STAP" -l 'kernel.statement("*@fs/read_write.c:46*")' >out 2>err && complain "listed a strange range of lines"
grep -q 'is not FUNCTION@FILE:LINE' err || complain "no reason given for lines that are none"

start=$(date +%s%3N)
"$STAP" -L 'kernel.function("vfs_*")' >out
took=$(($(date +%s%3N) - start))
[ $took -lt 500 ] || { sleep 3; start=$(date +%s%3N); "$STAP" -L 'kernel.function("vfs_*")' >out; took=$(($(date +%s%3N) - start)); }
[ $took -lt 500 ] || complain "took $took ms"
exit $failed
