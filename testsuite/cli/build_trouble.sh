# What the environment can refuse: each is one clear message, and nothing is left behind.
script='probe begin { println("x") exit() }'

expect() {		# PATTERN OPTIONS...
	pattern=$1; shift
	"$STAP" "$@" >out 2>err && { echo "succeeded: $*"; exit 1; }
	grep -q -- "$pattern" err || { echo "$*:"; cat err; exit 1; }
	[ -z "$(ls "$TMPDIR")" ] || { echo "left behind by $*"; ls "$TMPDIR"; exit 1; }
}

expect 'ENOENT (No such file or directory)' --runtime=user --tmpdir=/nonexistent -e "$script"
expect "no kernel '1.2.3-none'" -r 1.2.3-none -p4 -e "$script"
expect 'no kernel build folder' -r /nonexistent -p4 -e "$script"
(export CC=/nonexistent/cc; expect 'it is not installed' --runtime=user --disable-cache -p4 -e "$script") || exit 1

# disks that are full
mkdir full
mount -t tmpfs -o size=16k tmpfs full 2>/dev/null || { echo "cannot mount a small file system"; exit 77; }
trap 'umount full' EXIT
head -c 12000 /dev/zero >full/ballast
expect 'No space left on device' --runtime=user --tmpdir="$PWD/full" -e "$script"
[ "$(ls full)" = ballast ] || { echo "left on the full disk"; ls full; exit 1; }

export SYSTEMTAP_DIR=$PWD/full
"$STAP" --runtime=user -e "$script" >out 2>err || { cat err; exit 1; }
grep -q 'WARNING: cannot write to the cache' err && [ "$(cat out)" = x ]
