# Scripts over all functions of a kernel: what the compiler keeps of each probe is small, and of its C text, which may
# have a hundred megabytes, nothing.
[ -n "$SYSTEMTAP_RELEASE" ] || { echo no kernel to boot is installed; exit 77; }
set -e
cc -O2 -o work "$TESTSUITE/bench/work.c"
"$STAP" -w -p2 -r "$SYSTEMTAP_RELEASE" -e 'probe kernel.function("vfs_read") { println($count) }' >out 2>err ||
	{ echo "the kernel's types are not known"; exit 77; }
"$STAP" -r "$SYSTEMTAP_RELEASE" -l 'kernel.function("*")' >out
functions=$(wc -l <out)

# KB for each hundred functions and beside, SCRIPT: peak memory of the passes 1 to 3.  What is in files and not looked
# at takes none of the process' memory.
within() {
	peak=$(./work cost 1 "$STAP" -w -p3 -r "$SYSTEMTAP_RELEASE" -e "$3" | cut -f3)
	echo "$3: $peak KB for $functions functions"
	[ "$peak" -lt $(($2 + functions * $1 / 100)) ]
}
within 30 14000 'global n probe kernel.function("*") { n++ }'
within 30 16000 'probe kernel.function("*").return { println($$return) }'
within 30 18000 'probe kernel.function("*") { printf("%s %s\n", ppfunc(), $$parms$) }'
within 30 18000 'probe kernel.function("*").return { println($$vars$$) }'
within 30 18000 'function f() { return @entry($$parms) } probe kernel.function("*").return { println(f()) }'
# This one looks into the kernel's image, for system calls.
within 30 24000 'probe kernel.function("*") { if (@defined($flags)) println($flags) else println(pp()) }'

# With those of all modules.
"$STAP" -r "$SYSTEMTAP_RELEASE" -l 'module("*").function("*")' >out || exit 0
functions=$((functions + $(wc -l <out)))
within 20 18000 'global n probe kernel.function("*"), module("*").function("*") { n++ }'
within 20 18000 'probe module("*").function("*").return { println(@entry($$parms), $$return) }'
within 27 16800 'probe kernel.function("*"), module("*").function("*") { println($$parms$$) }
	probe kernel.function("*").return, module("*").function("*").return { println($$vars$$) }'
