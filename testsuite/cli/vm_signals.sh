# Signals to the host's process go to the command in the guest.
set -e

wait_for() { while ! grep -q "$1" out; do sleep 0.1; done; }

"$VMRUN" sh -c 'trap "echo INT" INT; trap "echo TERM; exit 3" TERM; echo up; while :; do sleep 0.1; done' \
	>out &
pid=$!
wait_for up
kill -INT $pid
wait_for INT
kill -TERM $pid
status=0
wait $pid || status=$?
[ $status = 3 ]
grep -qx TERM out

# So does the time limit, and a reader that has gone.
"$VMRUN" --timeout 4 sh -c 'trap "echo late; exit 0" INT; while :; do sleep 0.1; done' | grep -q late
"$VMRUN" yes | head -1 | grep -q y
