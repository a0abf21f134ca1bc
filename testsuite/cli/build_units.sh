# Units of the runtime that only some scripts need: compiled when the first such script comes,
# kept beside the recipe, and in no other module.
set -e
[ -n "$SYSTEMTAP_RELEASE" ] || { echo "no kernel to build for"; exit 77; }
[ -e "/lib/modules/$SYSTEMTAP_RELEASE/build/Makefile" ] || { echo "no kernel headers"; exit 77; }
export SYSTEMTAP_DIR=$PWD/data
build() { "$STAP" -v -p4 -r "$SYSTEMTAP_RELEASE" -e "$1"; }
defines() { nm "$1" | grep -q " script_mech_$2$"; }

plain=$(build 'probe begin { println(1) }' 2>log)
[ "$(ls data/kernel | wc -l)" = 1 ]
! defines "$plain" perf

counting=$(build 'probe perf.sw.cpu_clock { println(2) }' 2>log)
grep -q '^Preparing.*adding linux/probes/perf.c$' log
[ "$(ls data/kernel | wc -l)" = 2 ]
defines "$counting" perf
! defines "$counting" netfilter
grep -q perf_event_create_kernel_counter "$counting"

again=$(build 'probe perf.sw.cpu_clock { println(3) }' 2>log)
! grep '^Preparing' log
defines "$again" perf

# the same name in a text is no reason, and two units have a place of their own
build 'probe begin { println("script_mech_netfilter_x") }' 2>log
! grep '^Preparing' log
both=$(build 'probe perf.sw.cpu_clock { println(4) } probe netfilter.ip.local_in { println(5) }' 2>log)
[ "$(ls data/kernel | wc -l)" = 3 ]
defines "$both" perf && defines "$both" netfilter

# known by the beginning of a name
shown=$(build 'probe syscall.openat { println(argstr) }' 2>log)
grep -q '^Preparing.*adding linux/syscall.c$' log
nm "$shown" | grep -q ' T symbols_text$'
build 'probe syscall.openat { println(name) }' 2>log
! grep '^Preparing' log

# a damaged one is noticed
grown=$(ls -d data/kernel/*[0-9a-f]+perf)
printf X | dd of="$grown/module.mod.o" bs=1 seek=500 conv=notrunc 2>/dev/null
build 'probe perf.sw.cpu_clock { println(6) }' 2>log
grep -q '^Preparing.*adding linux/probes/perf.c$' log

# what a plain script needs does not depend on it
rm -r data/kernel/*+*
build 'probe begin { println(7) }' 2>log
! grep '^Preparing' log
