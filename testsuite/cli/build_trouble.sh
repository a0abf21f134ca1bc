# What the environment can refuse: each is one clear message, and nothing is left behind.
script='probe begin { println("x") exit() }'

expect() {		# PATTERN OPTIONS...
	pattern=$1; shift
	"$STAP" "$@" >out 2>err && { echo "succeeded: $*"; exit 1; }
	grep -q -- "$pattern" err || { echo "$*:"; cat err; exit 1; }
	[ -z "$(ls "$TMPDIR")" ] || { echo "left behind by $*"; ls "$TMPDIR"; exit 1; }
}

expect 'ENOENT (No such file or directory)' --runtime=user --disable-cache --tmpdir=/nonexistent -e "$script"
expect "no kernel '1.2.3-none'" -r 1.2.3-none -p4 -e "$script"
expect 'no kernel build folder' -r /nonexistent -p4 -e "$script"
(export CC=/nonexistent/cc; expect 'it is not installed' --runtime=user --disable-cache -p4 -e "$script") || exit 1

# a kernel without its headers: the package is named
if [ -e "/lib/modules/$SYSTEMTAP_RELEASE/build/Makefile" ] && unshare -m true 2>/dev/null; then
	unshare -m sh -c 'mount -t tmpfs none /usr/src && "$STAP" "$@"' sh \
		-r "$SYSTEMTAP_RELEASE" -p4 --disable-cache -e "$script" >out 2>err && exit 1
	grep -q "headers of kernel $SYSTEMTAP_RELEASE are not installed" err &&
		grep -q "install linux-headers-$SYSTEMTAP_RELEASE" err || { cat err; exit 1; }
fi

# a reader that leaves: nothing stays behind
"$STAP" -vvv --runtime=user --disable-cache -p4 -e "$script" 2>&1 | head -1 >out
[ -z "$(ls -A "$TMPDIR")" ] || { echo "left behind"; ls "$TMPDIR"; exit 1; }
rm -f stap_*

# files that get too large
expect 'EFBIG' --runtime=user --disable-cache --rlimit-fsize=1000 -p4 -e "$script"

# disks that are full
mkdir full
mount -t tmpfs -o size=16k tmpfs full 2>/dev/null || { echo "cannot mount a small file system"; exit 77; }
trap 'umount full' EXIT
head -c 12000 /dev/zero >full/ballast
expect 'No space left on device' --runtime=user --disable-cache --tmpdir="$PWD/full" -e "$script"
[ "$(ls full)" = ballast ] || { echo "left on the full disk"; ls full; exit 1; }

# a kernel's recipe needs more: the disk is filled by the compiler
if [ -e "/lib/modules/$SYSTEMTAP_RELEASE/build/Makefile" ]; then
	mount -o remount,size=200k full
	(export SYSTEMTAP_DIR=$PWD/none
	 expect 'No space left on device' -r "$SYSTEMTAP_RELEASE" --tmpdir="$PWD/full" -p4 -e "$script") || exit 1
	[ "$(ls full)" = ballast ] && [ "$(wc -l <err)" -le 3 ] && grep -q 'tmpdir' err ||
		{ echo "the disk is full:"; ls full; cat err; exit 1; }
	[ -z "$(ls none/kernel)" ] || { echo "half a recipe"; exit 1; }
	mount -o remount,size=16k full 2>/dev/null || exit 1
fi

export SYSTEMTAP_DIR=$PWD/full
"$STAP" --runtime=user -e "$script" >out 2>err || { cat err; exit 1; }
grep -q 'WARNING: cannot write to the cache' err && [ "$(cat out)" = x ]
