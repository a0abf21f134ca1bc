# Probes of five kinds are armed and disarmed many times in one session.
. $TESTSUITE/vm/stress/stress.inc
rounds=$(often 50 500)

sh $TESTSUITE/vm/stress/arming.load & load=$!
start=$(date +%s)
timeout -s INT 1200 $STAPRUN $MODULES/vmtest_stress_arming.ko wanted=$rounds >/tmp/rounds.out 2>&1
status=$?
kill $load
grep -qx done /tmp/rounds.out && [ $status = 0 ] || { echo "status $status"; cat /tmp/rounds.out; exit 1; }
echo "$rounds rounds of arming and disarming took $(($(date +%s) - start)) s"
