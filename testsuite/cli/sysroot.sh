# Modules are made for a kernel under another root, with nothing of it installed here, and for a build
# folder elsewhere; they run in that kernel.
[ -n "$SYSTEMTAP_RELEASE" ] || { echo no kernel is installed; exit 77; }
release=$SYSTEMTAP_RELEASE
build=$(readlink -f "/lib/modules/$release/build")
unset SYSTEMTAP_RELEASE
set -e

# under PATH: copies it to the same place below ./root
under() {
	mkdir -p "root$(dirname "$1")"
	cp -al "$1" "root$1" 2>/dev/null || { rm -rf "root$1"; cp -a "$1" "root$1"; }
}

under "$build"
source=$(sed -n 's/^include \(\/.*\)\/Makefile$/\1/p' "$build/Makefile")
hidden="/boot /lib/modules /usr/lib/debug $(dirname "$build")"
[ -z "$source" ] || under "$source"
for link in "$build"/*; do
	[ -L "$link" ] || continue
	tools=$(dirname "$(readlink -f "$link")")
	[ -e "root$tools" ] || under "$tools"
	hidden="$hidden $tools"
done
mkdir -p "root/lib/modules/$release" root/boot
cp -a /lib/modules/$release/modules.* "root/lib/modules/$release"
ln -s "$build" "root/lib/modules/$release/build"
cp /boot/vmlinuz-$release /boot/config-$release root/boot

script='probe kernel.function("vfs_write") { if (pid() == target()) { println($count); exit() } }'
cat >make.sh <<END
for folder in $hidden; do mount -t tmpfs none \$folder || exit 78; done
"\$STAP" --sysroot="\$PWD/root" -p4 -m under_root -e '$script' || exit
"\$STAP" --sysroot="\$PWD/root" -r "$release" -g -p4 -m with_headers -e '
	%{ #include <linux/sched.h> %}
	function comm_length:long() %{ STAP_RETVALUE = TASK_COMM_LEN; %}
	probe begin { println(comm_length()) exit() }'
END
export SYSTEMTAP_DIR=$PWD/data
status=0
unshare -m sh make.sh || status=$?
if [ $status = 78 ] || ! unshare -m true; then
	echo "folders cannot be hidden here"
	exit 77
fi
[ $status = 0 ]

cp -rs "$build" elsewhere
"$STAP" -r "$PWD/elsewhere" -p4 -m for_folder -e "$script"

"$VMRUN" --kernel "$release" -- sh -ec "
	'$STAPRUN' -c 'dd if=/dev/zero of=/dev/null bs=1234 count=1 status=none' under_root.ko
	'$STAPRUN' with_headers.ko
	'$STAPRUN' -c 'dd if=/dev/zero of=/dev/null bs=3210 count=1 status=none' for_folder.ko" >out
cat out
printf '1234\n16\n3210\n' | cmp - out
