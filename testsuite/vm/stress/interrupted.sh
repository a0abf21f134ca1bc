# Ctrl-C while thousands of functions are being armed: the rest is not, and what was goes again.
. $TESTSUITE/vm/stress/stress.inc
module=$MODULES/vmtest_stress_wildcard.ko

fail() { echo "$*"; exit 1; }
armed() { wc -l </sys/kernel/tracing/enabled_functions; }
interrupt() { kill -INT $staprun; wait $staprun || fail "status $? after the interrupt: $(cat out)"; }
gone() { left=$(left_behind); [ -z "$left" ] || fail "left behind: $left"; }

mount -t tracefs none /sys/kernel/tracing 2>/dev/null
$STAPRUN $module >out 2>&1 & staprun=$!
until grep -q begun out; do sleep 0.1; done
all=$(armed)
[ $all -gt 1000 ] || fail "only $all functions"
interrupt
gone

for tenths in 0 3 6; do
	$STAPRUN $module >out 2>&1 & staprun=$!
	until [ $(armed) -gt $((all * tenths / 10)) ]; do sleep 0.05; done
	interrupt
	gone
	echo "$tenths/10 of $all functions were armed at the interrupt$(grep -qx begun out && echo ", and all before it came")"
done
