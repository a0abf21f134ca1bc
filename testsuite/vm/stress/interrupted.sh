# Ctrl-C while thousands of functions are being armed: the rest is not, and what was goes again.
. $TESTSUITE/vm/stress/stress.inc
module=$MODULES/vmtest_stress_wildcard.ko

now() { cut -d' ' -f1 /proc/uptime | tr -d .; }		# 1/100 s
fail() { echo "$*"; exit 1; }
gone() { left=$(left_behind); [ -z "$left" ] || fail "left behind: $left"; }

mount -t tracefs none /sys/kernel/tracing 2>/dev/null
start=$(now)
$STAPRUN $module >out 2>&1 & staprun=$!
until grep -q begun out; do sleep 0.1; done
arming=$(($(now) - start))
kill -INT $staprun
wait $staprun
gone

for part in 2 5 8; do		# tenths of that time
	$STAPRUN $module >out 2>&1 & staprun=$!
	sleep $(awk -v t=$arming -v part=$part 'BEGIN { print t * part / 1000 }')
	interrupted=$(now)
	kill -INT $staprun
	wait $staprun || fail "status $? after the interrupt: $(cat out)"
	ended=$(($(now) - interrupted))
	grep -qx begun out && fail "all was armed"
	gone
	echo "armed in $arming, interrupted after $part/10 of that: ended in $ended (1/100 s)"
	[ $ended -le $((arming + 500)) ] || fail "too late"
done
