# Counters of threads that are there before the session, or outlive it.
module=vmtest_probes_thread_counter
. $TESTSUITE/vm/gone.inc
program=$MODULES/thread_counter
mkfifo go

# begin [OPTION OF STAPRUN...]
begin() {
	: >$module.out
	$STAPRUN "$@" $MODULES/$module.ko >$module.out 2>$module.err &
	session=$!
	until grep -q begun $module.out; do sleep 0.1; done
	sleep 0.5	# and armed
}

end() {
	kill -INT $session
	wait $session
	gone true || exit 1
}

show() {
	cat $module.out $module.err
	exit 1
}

# run ARGUMENT: the program, with its input open
run() {
	$program $1 <go >program.out &
	runs=$!
	exec 3>go
}

go_on() {
	echo >&3
	wait $runs
	exec 3>&-
}

# its threads get counters when the session begins
run late
sleep 0.5
begin -x $runs
go_on
end
grep -qx 'late: 200 pages, few before 1, as target 200, ran 1, none 0' $module.out || show

# staprun is killed
run late
sleep 0.5
begin
kill -9 $session
gone "rmmod $module" || exit 1
go_on

# the thread waits in the middle of exec, with its counter still to be opened
begin
run stopped
until grep -q stopped program.out; do sleep 0.1; done
end
go_on

# they come and go
(while echo; do $program again; done >/dev/null) &
others=$!
for i in 1 2 3 4 5; do
	begin
	[ $i -lt 4 ] && end || { kill -9 $session; gone "rmmod $module" || exit 1; }
done
kill $others

# too many
begin
run many
go_on
end
grep 'threads were not counted: more than 2048 at once$' $module.err || show
grep 'in threads without a counter 0 was read 2 times' $module.err || show
