# A module outlives its staprun, and can be removed then; so does it when it is removed first.
module=vmtest_session_forever
. $TESTSUITE/vm/gone.inc

start() {
	$STAPRUN $MODULES/$module.ko >$module.out &
	pid=$!
	while ! grep -q tick $module.out; do sleep 0.1; done
}

start
kill -9 $pid
gone "rmmod $module" || exit 1

for signal in INT TERM HUP; do
	start
	kill -$signal $pid
	wait $pid || { echo "SIG$signal: status $?"; exit 1; }
	tail -1 $module.out | grep -qx end || { echo "SIG$signal: no end probe"; exit 1; }
	gone true || exit 1
done
