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

# A panic, with the kernel's words.
"$VMRUN" sh -c 'echo before; echo c >/proc/sysrq-trigger' >out 2>err
[ $? = 125 ] && grep -qx before out && grep -q 'Kernel panic.*sysrq triggered crash' err || exit 1

# Any of the processes killed.
for victim in qemu virtiofsd self; do
	"$VMRUN" sh -c 'echo up; sleep 100' >out 2>err &
	pid=$!
	while ! grep -q up out; do sleep 0.1; done
	all=$(processes $pid | awk '{ print $1 }')
	[ "$(echo $all | wc -w)" = 2 ] || exit 1
	if [ $victim = self ]; then
		kill -9 $pid
	else
		kill -9 $(processes $pid | awk "/$victim/ { print \$1 }")
	fi
	wait $pid
	status=$?
	gone $all || exit 1
	[ $victim = self ] && continue
	[ $status = 125 ] && grep -q "virtual machine died" err || { echo $victim $status; cat err; exit 1; }
done
exit 0
