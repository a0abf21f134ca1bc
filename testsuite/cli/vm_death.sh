# However a VM ends, it is reported, and nothing of it is left.

processes() { # number and name of the VM's, which process $1 started
	cat /proc/[0-9]*/stat 2>/dev/null | awk -v parent="$1" '$4 == parent && /qemu|virtiofsd/ { print $1, $2 }'
}

gone() {
	for pid; do
		for try in 1 2 3 4 5 6 7 8 9 10; do
			[ -e /proc/$pid ] || continue 2
			grep -q '^State:.*zombie' /proc/$pid/status && continue 2
			sleep 0.2
		done
		echo "process $pid is still there"
		return 1
	done
}

died() { # status $1; the rest: what must be among the messages
	[ $1 = 125 ] && grep -q "$2" err || { echo "status $1 without '$2':"; cat err; return 1; }
}

until_zombie() {
	while ! grep -q '^State:.*zombie' /proc/$1/status; do sleep 0.1; done
}

# A panic, with the kernel's words, and the command's last ones: also when all is over before anybody here looks.
"$VMRUN" sh -c 'echo up; sleep 1; echo before; echo c >/proc/sysrq-trigger' >out 2>err &
pid=$!
while ! grep -q up out; do sleep 0.1; done
kill -STOP $pid
until_zombie $(processes $pid | awk '/qemu/ { print $1 }')
kill -CONT $pid
wait $pid
died $? 'Kernel panic.*sysrq triggered crash' && grep -qx before out || { cat out; exit 1; }

# Any of the processes killed, while the command writes without end.
for victim in qemu virtiofsd self; do
	"$VMRUN" sh -c 'echo up; while :; do echo on; done' >out 2>err &
	pid=$!
	while ! grep -q up out; do sleep 0.1; done
	all=$(processes $pid | awk '{ print $1 }')
	[ "$(echo $all | wc -w)" = 2 ] || { echo "$victim: not two processes: $all"; exit 1; }
	if [ $victim = self ]; then
		kill -9 $pid
	else
		kill -9 $(processes $pid | awk "/$victim/ { print \$1 }")
	fi
	wait $pid
	status=$?
	gone $all || exit 1
	[ $victim = self ] && continue
	died $status "virtual machine died" || { echo "after the death of $victim"; exit 1; }
done
exit 0
