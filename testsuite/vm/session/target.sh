# The end of -c's command is the session's; statuses; where the output goes.
module=$MODULES/vmtest_session_forever.ko

expect() {		# STATUS OPTIONS...: leaves out and err
	status=$1; shift
	$STAPRUN "$@" $module >out 2>err
	got=$?
	[ $got = $status ] && [ "$(grep -c vmtest /proc/modules)" = 0 ] && return
	echo "$*: status $got"; cat out err
	exit 1
}

said() { grep -q -- "$1" err || { echo "not said: $1"; cat out err; exit 1; }; }

expect 0 -c true
[ ! -s err ] && grep -qx end out || { echo "-c true:"; cat out err; exit 1; }
expect 1 -c 'sh -c "exit 3"'
said 'WARNING: Child process exited with status 3'
expect 1 -c 'kill -9 $$;'
said 'WARNING: Child process exited with signal 9'
expect 1 -c /nonexistent/program
said "ERROR: cannot run '/nonexistent/program': No such file or directory"
grep -qx end out || exit 1

# Ctrl-C ends the target, too.
$STAPRUN -c 'echo $$ >pid; exec sleep 1000' $module >out & pid=$!
until [ -s pid ]; do sleep 0.1; done
kill -INT $pid
wait $pid; status=$?
[ -e /proc/$(cat pid) ] && { echo "the target goes on"; exit 1; }
grep -qx end out || { echo "no end after Ctrl-C, status $status"; exit 1; }

# -x
expect 1 -x 4000000
said 'ERROR: no process 4000000'
expect 1 -x $$ -c true
said 'exclude each other'
sleep 100 & other=$!
$STAPRUN -x $other $module >out & pid=$!
until grep -q 'begin 1' out; do sleep 0.1; done
kill -INT $pid
wait $pid
[ -e /proc/$other ] || { echo "-x ended the target"; exit 1; }
kill $other

# -o: patterns, options behind the module, what cannot be written
expect 0 -c true -o 'out-%Y-%%.txt'
tail -1 out-$(date +%Y)-%.txt | grep -qx end && [ ! -s out ] || { echo "-o with a pattern:"; ls; cat out; exit 1; }
$STAPRUN $module -c true -o behind && tail -1 behind | grep -qx end || { echo "-o behind:"; cat behind; exit 1; }
expect 1 -o /nonexistent/file -c true
said 'ERROR: cannot write /nonexistent/file: No such file or directory (ENOENT)'
expect 1 -o /dev/full -c true
said 'ERROR: cannot write the output: No space left on device (ENOSPC)'

# a reader that leaves ends it
$STAPRUN $module 2>err | head -1 >out
for try in 1 2 3 4 5 6 7 8 9 10; do grep -q vmtest /proc/modules || exit 0; sleep 0.5; done
echo "it goes on without a reader"; exit 1
