# Programs and packages that are missing are named, with the package that has them.
[ -n "$SYSTEMTAP_RELEASE" ] || { echo no kernel to boot is installed; exit 77; }
unshare -m true 2>/dev/null || { echo "no mount namespaces"; exit 77; }
script='probe begin { println("x") exit() }'
: >nothing; chmod 644 nothing

# PATTERNS: of the error and of the hint; FILES: hidden behind an empty one (FOLDER/: made empty); OPTIONS
without() {
	error=$1 hint=$2 files=$3; shift 3
	hide=$(for file in $files; do
		case $file in
		*/) [ ! -e "$file" ] || echo "mount -t tmpfs none $file &&" ;;
		*) [ ! -e "$file" ] || echo "mount --bind nothing $(readlink -f "$file") &&" ;;
		esac
	done)
	unshare -m sh -c "$hide"' exec "$STAP" "$@"' sh "$@" -e "$script" >out 2>err
	status=$?
	[ $status = 1 ] && [ ! -s out ] && [ "$(grep -c ERROR: err)" = 1 ] && grep -q "$error" err && grep -q "$hint" err &&
		[ -z "$(ls -A "$TMPDIR")" ] && return
	echo "without $files: status $status"; cat out err; ls -A "$TMPDIR"
	exit 1
}

without 'qemu-system-.* is not installed' 'install qemu-system' "/usr/bin/qemu-system-$(uname -m)" --vm
without 'virtiofsd is not installed' 'install virtiofsd\|install qemu-system-common' \
	"/usr/libexec/virtiofsd /usr/lib/virtiofsd /usr/lib/qemu/virtiofsd /usr/bin/virtiofsd" --vm
without "the image of kernel $SYSTEMTAP_RELEASE" "install linux-image-$SYSTEMTAP_RELEASE" \
	"/boot/ /usr/lib/debug/boot/" "--vm=$SYSTEMTAP_RELEASE"

SYSTEMTAP_DIR=$PWD/data PATH=/nonexistent "$STAP" -p4 -r "$SYSTEMTAP_RELEASE" -e "$script" >out 2>err && exit 1
grep -q 'cannot start make: it is not installed' err && grep -q 'install build-essential' err || { cat err; exit 1; }
