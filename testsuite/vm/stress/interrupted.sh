# Ctrl-C while thousands of functions are being armed: the rest is not, and what was goes again.
. $TESTSUITE/vm/stress/stress.inc

now() { cut -d' ' -f1 /proc/uptime | tr -d .; }
armed() { wc -l </sys/kernel/tracing/enabled_functions; }

mount -t tracefs none /sys/kernel/tracing 2>/dev/null
start=$(now)
$STAPRUN $MODULES/vmtest_stress_everything.ko >out 2>&1 & staprun=$!
until [ $(armed) -gt 0 ] || [ $(($(now) - start)) -gt 6000 ]; do sleep 0.1; done
[ $(armed) -gt 0 ] || { echo "nothing was armed in a minute"; exit 1; }
interrupted=$(now)
kill -INT $staprun
wait $staprun
ended=$(now)
grep -x begun out && { echo "all was armed before it was interrupted"; exit 1; }
left=$(left_behind)
[ -z "$left" ] || { echo "left behind: $left"; exit 1; }
awk -v a=$((interrupted - start)) -v b=$((ended - interrupted)) \
	'BEGIN { printf "%.1f s until functions were armed, %.1f s from the interrupt to the end\n", a / 100, b / 100; exit b > 6000 }'
