# Signals to the host's process go to the command in the guest.
set -e
for signal in INT TERM; do
	status=0
	"$VMRUN" sh -c "trap 'echo caught $signal; exit 3' $signal; echo up; while :; do sleep 0.1; done" \
		>out &
	pid=$!
	while ! grep -q up out; do sleep 0.1; done
	kill -$signal $pid
	wait $pid || status=$?
	[ $status = 3 ]
	grep -q "caught $signal" out
done

# So does the time limit, and a reader that has gone.
"$VMRUN" --timeout 1 sh -c 'trap "echo late; exit 0" INT; while :; do sleep 0.1; done' | grep -q late
"$VMRUN" yes | head -1 | grep -q y
