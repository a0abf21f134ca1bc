# Ctrl-C while thousands of functions are being armed: the rest is not, and what was goes again.  When it comes is
# told by the time that the first session took; whether that was in the middle is a figure, no verdict.
. $TESTSUITE/vm/stress/stress.inc
module=$MODULES/vmtest_stress_wildcard.ko

now() { cut -d' ' -f1 /proc/uptime | tr -d .; }		# 1/100 s
fail() { echo "$*"; exit 1; }
start() { $STAPRUN $module >out 2>&1 & staprun=$!; }
interrupt() { kill -INT $staprun; wait $staprun || fail "status $? after the interrupt: $(cat out)"; }
gone() { left=$(left_behind); [ -z "$left" ] || fail "left behind: $left"; }

mount -t tracefs none /sys/kernel/tracing 2>/dev/null
begin=$(now)
start
until grep -q begun out; do sleep 0.1; done
arming=$(($(now) - begin))
interrupt
gone

for tenths in 2 4 6 8; do
	start
	sleep $(awk -v t=$arming -v tenths=$tenths 'BEGIN { print t * tenths / 1000 }')
	interrupt
	gone
	echo "$tenths/10 of the time that arming takes: $(grep -qx begun out && echo all were armed || echo interrupted)"
done
