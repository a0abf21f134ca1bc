# A module that was made for another kernel does not get in, and the message says why.

refused() {		# PATTERN, of which part of the module is changed how
	perl -0777 -pe "$2" $MODULES/vmtest_session_forever.ko >other.ko
	cmp -s other.ko $MODULES/vmtest_session_forever.ko && { echo "no such text: $2"; exit 1; }
	$STAPRUN other.ko >out 2>err
	status=$?
	[ $status = 1 ] && [ ! -s out ] && [ "$(wc -l <err)" = 1 ] && grep -q "^ERROR: .*$1" err &&
		! grep -q vmtest /proc/modules && return
	echo "status $status:"; cat out err
	exit 1
}

running=$(uname -r)
refused "other.ko was made for another kernel: its build id is 0123.*, that of the running kernel [0-9a-f]*. Compile" \
	's/(kernel_build_id=)..../${1}0123/'
refused "module release mismatch: other.ko was made for kernel 9.*, $running is running" \
	's/(vermagic=)./${1}9/'
refused "is not a kernel module" 's/\x7fELF/FLE\x7f/'
