# A kernel whose image is not there, damaged, or not for everybody: the message says that, not that names are wrong.
[ -n "$SYSTEMTAP_RELEASE" ] || { echo no kernel is installed; exit 77; }
export SYSTEMTAP_DEBUGINFO_PATH=$PWD/none
image=root/boot/vmlinuz-$SYSTEMTAP_RELEASE
mkdir -p root/boot root/lib/modules
cp -rs /lib/modules/$SYSTEMTAP_RELEASE root/lib/modules/
failed=0

# message POINT PATTERN...: each must be in what stap says of it; by $other, if set.
message() {
	$other "$STAP" --sysroot=$PWD/root -r $SYSTEMTAP_RELEASE -p2 -e "probe $1 { println(1) }" >out 2>err &&
		{ echo "$1: no error"; failed=1; }
	point=$1; shift
	for pattern; do
		grep -q -- "$pattern" err && continue
		echo "$point: nothing like '$pattern' in:"; cat err; failed=1
	done
}

message 'kernel.function("vfs_read")' 'symbols of kernel .* are not known' 'image is not installed'
message syscall.read 'resolves to nothing' 'hint: the symbols of kernel .* are not known'
head -c 1000000 /boot/vmlinuz-$SYSTEMTAP_RELEASE >$image
message 'kernel.function("vfs_read")' "symbols of kernel .* are not known: .*$image: "
cp /boot/vmlinuz-$SYSTEMTAP_RELEASE $image
chmod 600 $image
chmod 755 .
if [ "$(id -u)" = 0 ] && setpriv --reuid 65534 --clear-groups test -x "$STAP" -a -x .; then
	other="setpriv --reuid 65534 --clear-groups env XDG_CACHE_HOME=/nonexistent"
	message 'kernel.function("vfs_read")' 'symbols of the kernel cannot be read: .*: EACCES' 'run stap as root'
	message syscall.read 'hint: the symbols of the kernel cannot be read'
fi
exit $failed
