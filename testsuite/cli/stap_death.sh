# However stap or its virtual machine ends, nothing of them is left: no process, no temporary file.
[ -n "$SYSTEMTAP_RELEASE" ] || { echo no kernel to boot is installed; exit 77; }
script='probe begin { println("up") } probe end { println("end") }'

children() { cat /proc/[0-9]*/stat 2>/dev/null | awk -v parent="$1" '$4 == parent { print $1, $2 }'; }

start() {		# OPTIONS...: leaves $pid and $all, when the guest is up
	: >out
	"$STAP" --vm -e "$script" "$@" >out 2>err &
	pid=$!
	while ! grep -q up out; do
		[ -e /proc/$pid ] || { echo "it did not start"; cat err; exit 1; }
		sleep 0.1
	done
	all=$(children $pid)
}

all_gone() {
	for try in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do
		left=$(echo "$all" | while read process name; do
			[ -e /proc/$process ] && ! grep -q '^State:.*zombie' /proc/$process/status && echo $name
		done)
		[ -z "$left$(ls -A "$TMPDIR")" ] && return
		sleep 0.2
	done
	echo "$1: left behind: $left $(ls -A "$TMPDIR")"
	exit 1
}

# A guest that does nothing any more: it takes a minute to be sure, and the rest goes on meanwhile.
ours=$TMPDIR
mkdir hung
TMPDIR=$PWD/hung start --disable-cache
mv err hung.err
hung=$pid hung_all=$all
TMPDIR=$ours
kill -STOP $(echo "$all" | awk '/qemu/ { print $1 }')

# One where orphans die all the time is alive.
cat >orphans <<'PERL'
$SIG{CHLD} = 'IGNORE';
for ($end = time + 65; time < $end; select undef, undef, undef, .2) {
	fork or do { fork or select undef, undef, undef, .3; exit };
}
print "alive\n";
PERL
mkdir orphaned
TMPDIR=$PWD/orphaned "$STAP" --vm -c "perl $PWD/orphans" -e "$script" >orphans.out 2>orphans.err & orphaned=$!

# A panic, from the script's own command.
"$STAP" --vm -c 'echo before; echo c >/proc/sysrq-trigger' -e "$script" >panic.out 2>panic.err && exit 1
grep -qx before panic.out && grep -q 'note: .*Kernel panic.*sysrq triggered crash' panic.err || { cat panic.err; exit 1; }

# stap killed outright: with the module in the cache, and with the only one in its temporary folder.
for option in -w --disable-cache; do
	start $option
	kill -9 $pid
	wait $pid 2>/dev/null
	all_gone "stap $option"
done

# The same while it makes a recipe.
SYSTEMTAP_DIR=$PWD/data "$STAP" -p4 -r "$SYSTEMTAP_RELEASE" -e "$script" & pid=$!
while [ -z "$(ls "$TMPDIR"/stap*/kbuild 2>/dev/null)" ]; do sleep 0.1; done
all=$(children $pid)
kill -9 $pid
wait $pid 2>/dev/null
all_gone "stap -p4"
[ -z "$(ls data/kernel)" ] || { echo "half a recipe"; exit 1; }

wait $orphaned && grep -qx alive orphans.out || { cat orphans.err; exit 1; }
wait $hung && { echo "a hanging guest is a success"; exit 1; }
grep -q 'the virtual machine hangs: no sign of life' hung.err || { cat hung.err; exit 1; }
all=$hung_all TMPDIR=$PWD/hung
all_gone "a hanging guest"
