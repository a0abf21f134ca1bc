# Why a function cannot be probed is told apart, and what to write instead is offered.
. $TESTSUITE/cli/message.inc

# point POINT PATTERN...
point() { point=$1; shift; message "probe $point { println(1) }" "$@"; }

point 'kernel.function("rw_verify_arae")' "no function matches 'rw_verify_arae'" 'did you mean: rw_verify_area'
point 'kernel.function("do_fork")' 'write kernel.function("kernel_clone")'
point 'kernel.function("sys_open")' 'write kernel.function("__x64_sys_openat")'
point 'kernel.function("SyS_read")' 'write kernel.function("__x64_sys_read")'
point 'kprobe.function("do_sync_read").return' 'write kernel.function("vfs_read")'
point 'kernel.function("tcp_accept")' 'write kernel.function("inet_csk_accept")'
point 'kernel.function("copy_from_user")' 'write kernel.function("_copy_from_user")'
point 'kernel.function("get_empty_filp")' 'write kernel.function("alloc_empty_file")'
point 'kernel.function("set_bit")' 'did you mean: ' 'it is inlined wherever it is used'
point 'kernel.function("nfs_file_read").call' 'write module("nfs").function("nfs_file_read")'
point 'module("nfs").function("vfs_read")' 'write kernel.function("vfs_read")'
point 'module("nfss").function("x")' "no module 'nfss' is installed" 'did you mean: nfs'
point 'module("nfs*").function("nfs_file_raed")' 'did you mean: nfs_file_read'
point 'module("n*z").function("x")' "no module that matches 'n\*z' is installed"
point 'module("nfs*").function("no_such_function")' "no function matches 'no_such_function' in nfs\*"
point 'kernel.function("vfs_{read,write}")' 'braces stand around components: kernel.{'
point 'kernel.function("vfs_read").callee("no_such")' "'vfs_read' calls no function that matches 'no_such'" "1:42$"
point 'kernel.function("vfs_read").callees(0)' 'callees of 1 to 16 levels' "1:43$"
point 'module("ext4").function("x")' 'part of its image'
point 'module("/no/such.ko").function("x")' "cannot read the module '/no/such.ko': ENOENT"
point 'kernel.function("sys_open*")' 'write kernel.function("__x64_sys_open\*")' 'syscall.NAME'
point 'kernel.function("generic_file_aio_*")' "what was 'generic_file_aio_read' is 'generic_file_read_iter'"
point 'kernel.function("tpm_exit")' "not among the kernel's symbols"
point 'kernel.function("pid_max")' 'is a variable' 'kernel.data("pid_max").write'
point 'kernel.function("asm_exc_page_fault")' 'keeps free of probes'
point 'kprobe.function("start_kernel")' 'while the kernel boots'
point 'kprobe.function("vfs_*")' 'takes no wildcards' 'kernel.function("vfs_\*") does'
point 'kprobe.function("vfs_read").return.maxactive(70000)' 'maxactive value out of range'
point 'kernel.function(0x1234)' 'no function of the kernel is at address 0x1234'
point 'kernel.data("no_such").write' "no symbol 'no_such' to watch"
point 'kernel.data("cpu_info").rw' "each CPU has its own 'cpu_info'"
point 'kernel.trace("sched_swtich")' 'did you mean: sched_switch'
point 'module("nosuch").tracepoint("x")' "no module 'nosuch'"
point 'syscall.read.ret' "no such probe point 'syscall.read.ret'" 'did you mean: syscall.read.return'
point 'perf.hw.cycles.sample(1000)' 'did you mean: perf.hw.bus_cycles, perf.hw.cpu_cycles'
point 'netfilter.hook("NF_INET_LOCAL_IN")' 'there is: netfilter.hook(string).pf(string), '
point 'begin("now")' 'there is: begin, begin(number)'
point 'kernel.foo' 'there is: kernel.function(string), .*, \.\.\.$'
message 'probe procfs.write { $value = "" }' 'not assignable: this value can only be read here'
guru= message 'probe netfilter.hook("NF_INET_LOCAL_IN").pf("NFPROTO_IPV4") { $verdict = 0 }' 'not permitted; need stap -g'
other='netfilter.hook("NF_INET_LOCAL_IN").pf("NFPROTO_IPV4").priority("NFPROTO_IPV4")'
guru= point "$other" 'one of NF_IP_PRI_FIRST'
"$STAP" -g -p2 -e "probe $other { println(1) }" >/dev/null || { echo "-g $other: refused"; failed=1; }
point "$(echo "$other" | sed "s/(\"NFPROTO_IPV4\")$/(\"NO_PRI\")/")" "unknown netfilter priority 'NO_PRI'"

(
	export SYSTEMTAP_DEBUGINFO_PATH=$PWD/none
	point 'kernel.function("vfs_read@fs/read_write.c")' 'linux-image-.*-dbg' 'work without'
	exit $failed
) || failed=1

# A kernel that was built without what a probe needs.
mkdir kernel
cp -rs /lib/modules/$SYSTEMTAP_RELEASE/build/. kernel
rm kernel/.config
grep -v '^CONFIG_\(NETFILTER\|KPROBES\)=' /lib/modules/$SYSTEMTAP_RELEASE/build/.config >kernel/.config
(
	SYSTEMTAP_RELEASE=$PWD/kernel
	point 'netfilter.hook("NF_INET_LOCAL_IN").pf("NFPROTO_IPV4")' 'built without CONFIG_NETFILTER'
	point 'kernel.function("vfs_read")' 'built without CONFIG_KPROBES'
	exit $failed
) || failed=1

# What cannot be probed among many is one line.
"$STAP" -p2 -e 'probe kernel.function("*kprobe*") { println(1) }' >out 2>err || { cat err; failed=1; }
[ "$(grep -c WARNING err)" = 1 ] && grep -q 'functions are left out' err || { cat err; failed=1; }

# Wildcards leave out what tracing itself runs on; by its name it can be probed.
"$STAP" -l 'kernel.function("ktime_get_*").call' >out
! grep ktime_get_mono_fast_ns out || failed=1
"$STAP" -l 'kernel.function("ktime_get_mono_fast_ns").call' | grep -q ktime_get_mono_fast_ns ||
	{ echo 'a function that the kernel does not trace is not found by its name'; failed=1; }

# Many probes that do nothing are one line, too.
"$STAP" -p2 -e 'probe kernel.function("vfs_re*").call { }' >out 2>err && failed=1
[ "$(grep -c WARNING err)" = 1 ] && grep -q "probes ('kernel.function(.vfs_.* and others) have been elided" err || { cat err; failed=1; }
exit $failed
