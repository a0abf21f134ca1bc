# Sessions one after the other, some of them killed at any moment, leave the kernel as it was.
. $TESTSUITE/vm/stress/stress.inc
rounds=$(often 6 200)

session() {
	timeout -s INT 60 $STAPRUN "$@" >/tmp/stress.out 2>&1 || { echo "status $?"; cat /tmp/stress.out; exit 1; }
}

# Seconds below one, anywhere in a session.
moment() {
	perl -e 'srand(shift); select undef, undef, undef, rand 1.2' $1
}

few() { session -c true $MODULES/vmtest_stress_arming.ko; }

killed() {
	$STAPRUN $MODULES/vmtest_stress_$1.ko >/dev/null 2>&1 &
	staprun=$!
	moment $2
	kill -9 $staprun
	wait $staprun 2>/dev/null
	clean_up || exit 1
}

mixed_load & load=$!
few; killed tracepoints 1; few
before=$(held)
kills=0
start=$(date +%s)
for round in $(seq $rounds); do
	few
	[ $((round % 3)) -ne 0 ] || { killed tracepoints $round; kills=$((kills + 1)); }
done
took=$(($(date +%s) - start))
after=$(held)
kill $load
left=$(left_behind)
[ -z "$left" ] || { echo "left behind: $left"; exit 1; }
set -- $before $after
echo "$rounds sessions, and $kills that were killed, took $took s: slab $1, then $4 kB; vmalloc $2, then $5 kB; per CPU $3, then $6 kB"
[ $(grown "$before" "$after") -lt $((2000 + 4 * rounds)) ]
