# Units of the runtime that only some scripts need: compiled when the first such script comes,
# kept in a recipe beside the other, and in no other module.
set -e
[ -n "$SYSTEMTAP_RELEASE" ] || { echo "no kernel to build for"; exit 77; }
[ -e "/lib/modules/$SYSTEMTAP_RELEASE/build/Makefile" ] || { echo "no kernel headers"; exit 77; }
export SYSTEMTAP_DIR=$PWD/data
build() { "$STAP" -v -p4 -r "$SYSTEMTAP_RELEASE" "$@" 2>log; }
recipes() { ls data/kernel | wc -l; }
defines() { nm "$1" | grep -q " script_mech_$2$"; }

plain=$(build -e 'probe begin { println(1) }')
[ "$(recipes)" = 1 ]
! defines "$plain" perf

counting=$(build -e 'probe perf.sw.cpu_clock { println(2) }')
grep -q '^Preparing.*adding perf$' log
[ "$(recipes)" = 2 ]
defines "$counting" perf
! defines "$counting" netfilter
grep -q perf_event_create_kernel_counter "$counting"

again=$(build -e 'probe perf.sw.cpu_clock { println(3) }')
! grep '^Preparing' log
defines "$again" perf

# the same name in a text is no reason; what was added once stays
build -e 'probe begin { println("script_mech_netfilter_x") }' >out
! grep '^Preparing' log
both=$(build -e 'probe perf.sw.cpu_clock { println(4) } probe netfilter.ip.local_in { println(5) }')
[ "$(recipes)" = 3 ]
defines "$both" perf && defines "$both" netfilter
build -e 'probe netfilter.ip.local_in { println(6) }' >out
! grep '^Preparing' log

# known by the beginning of a name; it brings others
shown=$(build -e 'probe syscall.openat { println(argstr) }')
grep -q '^Preparing.*adding .*syscall' log
grep -q '^Preparing.*adding .*library' log
nm "$shown" | grep -q ' T symbols_text$'
build -e 'probe syscall.openat { println(name) }' >out
! grep '^Preparing' log

# a damaged one is noticed: the next smaller one grows
grown=$(ls -d data/kernel/*+* | awk '{ if (length > longest) { longest = length; name = $0 } } END { print name }')
printf X | dd of="$grown/module.mod.o" bs=1 seek=500 conv=notrunc 2>/dev/null
build -e 'probe syscall.openat { println(argstr, 1) }' >out
grep -q '^Preparing.*adding .*syscall' log
build -e 'probe syscall.openat { println(argstr, 2) }' >out
! grep '^Preparing' log

# what a plain script needs does not depend on it
rm -r data/kernel/*+*
build -e 'probe begin { println(7) }' >out
! grep '^Preparing' log

# each unit alone has with it what it needs of others: nothing is left that neither the script defines nor the kernel
runtime=${STAP%/stap/stap}/runtime
[ -d "$runtime/units" ] || runtime=$srcdir/runtime
for unit in $(sed -n 's/.*Unit: for \([a-z_]*\)[ *.].*/\1/p' "$runtime"/units/*.c | grep -vx every); do
	rm -rf data/kernel/*+*
	build -g -e "probe begin { x() } function x() %{ /* $unit */ %}" >out
	nm data/kernel/*+*/runtime.a | awk '$2 ~ /^[A-Z]$/ && $1 != "U" { defined[$3] } $1 == "U" { used[$2] }
		END { for (name in used) if (!(name in defined)) print name }' | grep -vxe 'script_.*' -e __this_module >used || :
	nm data/kernel/*+*/skeleton.o | awk '$1 == "U" { print $2 }' >named
	! grep -vxFf named used || { echo "the unit of $unit uses these, and kernel_symbols.h does not name them"; exit 1; }
done

# a symbol that the skeleton does not name costs time, no more
mkdir copy
cp -r "$runtime"/. copy
sed -i /register_kretprobe/d copy/units/kernel_symbols.h
module=$(build -v -R "$PWD/copy" -e 'probe kernel.function("vfs_read").return { println(8) }')
grep -q 'register_kretprobe is not in the skeleton' log
grep -q '^CONFIG_MODVERSIONS=y' "/lib/modules/$SYSTEMTAP_RELEASE/build/.config" || exit 0
[ "$(grep -aow register_kretprobe "$module" | wc -l)" -ge 2 ]	# its name, and its version
