# A whole system under load loses no packet; Ctrl-C ends it; -x and -c leave out what others do.

. $TESTSUITE/vm/net/capture.inc
module=$MODULES/vmtest_net_whole.ko
fail() { echo "$*"; exit 1; }

capture lo capture
watch output
for port in 7000 7100 7200; do
	$traffic -r 100 -i 0 -b 30000 -p $port & jobs="$jobs $!"
done
wait $jobs
capture_end
kill -INT $staprun
wait $staprun || fail "status $? after Ctrl-C"
[ -s messages ] && fail "heavy load: $(cat messages)"
witnessed output capture || fail "heavy load: other lines"

# Its sockets are older than the session.
cp $traffic ./bystander
./bystander -r 1000 -i 50 -p 9000 & bystander=$!
$traffic -r 1000 -i 50 & target=$!
trap 'kill $bystander $target 2>/dev/null' EXIT
sleep 1
rm -f output
$STAPRUN -x $target -o output $module & staprun=$!
until grep -qs 'Port: 7777' output && grep -qs 'Port: 7778' output; do sleep 0.2; done
kill -INT $staprun
wait $staprun || fail "-x: status $?"
grep -q 'Port: 900' output && fail "-x: lines of others"

kill $target
$STAPRUN -c "$traffic -r 3 -i 20" -o output $module
grep -c 'Port: 7777' output | grep -qx 6 || fail "-c: $(cat output)"
grep -q 'Port: 900' output && fail "-c: lines of others"
kill $bystander
