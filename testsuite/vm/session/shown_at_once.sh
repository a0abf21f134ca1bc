# What a begin probe prints is shown at once, though it runs in staprun and nothing else happens.
out=/tmp/begin.out
"$STAPRUN" "$MODULES/vmtest_session_quiet.ko" >$out 2>&1 &
pid=$!
tries=0
while ! grep -q 'begin' $out && [ $tries -lt 100 ]; do
	sleep 0.1
	tries=$((tries + 1))
done
grep -q begin $out
shown=$?
kill -INT $pid
wait $pid
cat $out
exit $shown
