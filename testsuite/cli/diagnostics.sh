# Messages that depend on the machine, by their tags; those about scripts are in lang/diagnostics.
script='probe begin { println("x") exit() }'

expect() {		# TAG OPTIONS...
	tag=$1; shift
	"$STAP" --diagnostics=json "$@" >out 2>err
	grep -q "\"tag\":\"$tag\"" err || { echo "no message '$tag': $*"; cat err; exit 1; }
}

expect environment --runtime=user --disable-cache --tmpdir=/nonexistent -e "$script"
expect run -g --runtime=user -e 'function f() %{ __builtin_trap(); %} probe begin { f() }'
expect kernel_missing -r 1.2.3-none -p4 -e "$script"
(export CC=/nonexistent/cc; expect build --runtime=user --disable-cache -p4 -e "$script") || exit 1

# files where the folders of the cache should be
mkdir -p data/cache
for a in 0 1 2 3 4 5 6 7 8 9 a b c d e f; do
	for b in 0 1 2 3 4 5 6 7 8 9 a b c d e f; do
		touch data/cache/$a$b
	done
done
(export SYSTEMTAP_DIR=$PWD/data; expect cache --runtime=user -e "$script") || exit 1

# lines need debug information, which a stock kernel lacks
if [ -n "$SYSTEMTAP_RELEASE" ] && [ ! -e "/usr/lib/debug/boot/vmlinux-$SYSTEMTAP_RELEASE" ]; then
	(unset DEBUGINFOD_URLS
	 expect debuginfo -r "$SYSTEMTAP_RELEASE" -p2 -e 'probe kernel.statement("vfs_read@fs/read_write.c:450") { exit() }') || exit 1
fi
