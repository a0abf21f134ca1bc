# A reader that comes late gets what the buffers held and all later output: to the line, with what is reported lost,
# it is what handlers printed (vmtest_output_flood). And a disk that is full ends the session with an error.
cd /tmp
flood="$MODULES/flood 99999999"		# a process that is not there: nobody is stopped
module=$MODULES/vmtest_output_flood.ko
$STAPRUN -c "$flood 40000" $module 2>err | { sleep 3; cat; } >out
written=$(wc -l <out)
lost=$(sed -n 's/.*failures. \([0-9]*\) lines of output were lost.*/\1/p' err)
echo "$written lines written, ${lost:-0} lost"
[ $((written + ${lost:-0})) = 160000 ] || { cat err; exit 1; }
awk '{ if ($2 < last[$1]) bad++; last[$1] = $2; if (NR % 2 ? $3 != "first" : $3 != "second") bad++ }
	END { print bad + 0, "lines out of order"; exit bad > 0 }' out || exit 1
mkdir small && mount -t tmpfs -o size=256k none small || exit 1
$STAPRUN -o small/out -c "$flood 4000" $module >/dev/null 2>err
status=$?
cat err
[ $status != 0 ] && grep -q '^ERROR: cannot write the output: .*ENOSPC' err && [ "$(wc -c <small/out)" -gt 200000 ] &&
	! grep -q ^vmtest_output_flood /proc/modules
