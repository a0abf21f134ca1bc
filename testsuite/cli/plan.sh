# --plan tells what each probe will do; the addresses that it shows can be probed.
export SYSTEMTAP_DEBUGINFO_PATH=$PWD/none	# as where the kernel's debug information is not installed
[ -n "$SYSTEMTAP_RELEASE" ] || { echo no kernel is installed; exit 77; }
# As it is without debug information.
export SYSTEMTAP_DEBUGINFO_PATH=$PWD/none
cat >plan.stp <<'EOF'
global n, m, on
probe kernel.function("vfs_fsync_range") { n++; m[$datasync] = $file }
probe kernel.function("vfs_write").return { println($return, @entry($count)) }
probe kernel.trace("sched_switch") if (on) { println($prev) }
probe module("nfs").function("nfs_file_read") { println(m[0]) }
probe timer.s(1) { delete m; on = !on; println(n) }
EOF
"$STAP" --plan plan.stp >out 2>err || { cat err; exit 1; }
cat >expected <<'EOF'
^kernel.function("vfs_fsync_range")  (plan.stp:2:7)$
^    place      vfs_fsync_range, 0xffffffff8[0-9a-f]* in the image$
^    mechanism  ftrace: 
^    variables  \$datasync (argument, .*), \$file (argument, .*)$
^    locks      .*m (exclusive)$
^    cost       about [0-9]* instructions a hit, 62 of them
^kernel.function("vfs_write").return 
^    mechanism  kretprobe: 
^    variables  \$return (.*), \$count (.*)$
^    locks      none$
^kernel.trace("sched:sched_switch") 
^    mechanism  tracepoint: 
^    armed      while its condition holds$
^module("nfs").function("nfs_file_read") 
^    place      nfs:nfs_file_read, 0x[0-9a-f]* in its file$
^    locks      m (shared)$
^timer.s(1) 
^    mechanism  high-resolution timer, on one CPU$
^    locks      .*m (exclusive)
^    cost       about [0-9]* instructions a hit, and those to get there, which were not measured$
EOF
from=1
while read -r pattern; do
	line=$(tail -n +$from out | grep -n -m1 -- "$(printf %s "$pattern" | sed 's/^^ *mech/mech/; s/^^ *\(place\|var\|locks\|cost\|armed\)/\1/')" | cut -d: -f1)
	[ -n "$line" ] || { echo "nothing like $pattern after line $from of"; cat out; exit 1; }
	from=$((from + line))
done <expected

"$STAP" -vv -p3 plan.stp 2>err >/dev/null
grep -q '^kernel.function("vfs_write").return: kretprobe' err || { cat err; exit 1; }
for time in first second; do
	"$STAP" -vv -p4 plan.stp 2>err >/dev/null || { cat err; exit 1; }
	grep -q '^kernel.function("vfs_write").return: kretprobe' err || { echo "$time time:"; cat err; exit 1; }
done

"$VMRUN" true || { echo no virtual machine; exit 77; }
entry=$(sed -n 's/.*vfs_fsync_range, \(0x[0-9a-f]*\) in the image/\1/p' out)
after=$(printf '0xffffffff%08x' $((0x${entry#0xffffffff} + 5)))
"$STAP" --vm -g -c 'sh -c "echo x >/tmp/x; sync /tmp/x"' -e "
probe kernel.function($entry) { printf(\"%s %s %d\\n\", pp(), probefunc(), \$datasync) }
probe kernel.function($after).return { printf(\"%s %d\\n\", pp(), \$return) }
probe kernel.statement($entry).nearest { println(pp(), \" \", \$end > 0) }
probe kernel.statement($after) { println(pp(), \" \", probefunc()) }
" >out 2>err || { cat err; exit 1; }
sort -u out >sorted
for line in "kernel.function($entry) vfs_fsync_range 0" "kernel.statement($entry).nearest 1" "kernel.statement($after) vfs_fsync_range" \
	"kernel.function($after).return 0"; do
	grep -qxF "$line" sorted || { echo "no line $line in"; cat out err; exit 1; }
done
