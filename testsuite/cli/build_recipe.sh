# The recipe of a kernel: made once, by one of several at a time; damage and changed tools
# are noticed.
set -e
[ -n "$SYSTEMTAP_RELEASE" ] || { echo "no kernel to build for"; exit 77; }
[ -e "/lib/modules/$SYSTEMTAP_RELEASE/build/Makefile" ] || { echo "no kernel headers"; exit 77; }
export SYSTEMTAP_DIR=$PWD/data
build() { "$STAP" -v -p4 -r "$SYSTEMTAP_RELEASE" -e "probe begin { println($1) }"; }

# two at once: one makes it, both use it
build 1 >one 2>log1 &
build 2 >two 2>log2
wait $!
[ -e "$(cat one)" ] && [ -e "$(cat two)" ]
[ "$(cat log1 log2 | grep -c '^Preparing')" = 1 ]
[ "$(ls data/kernel | wc -l)" = 1 ]

recipe=$(echo data/kernel/*)
build 3 >three 2>log
! grep '^Preparing' log

printf X | dd of="$recipe/runtime.a" bs=1 seek=5000 conv=notrunc 2>/dev/null
build 4 >four 2>log
grep -q 'its runtime.a is damaged' log
build 5 >five 2>log
! grep '^Preparing' log

# another compiler of that name, found first; and the old one again
mkdir bin
gcc=$(sed -n 's/^tool	\([^	]*gcc[^	]*\)	\([^	]*\).*/\1 \2/p' "$recipe/manifest" | head -1)
printf '#!/bin/sh\nexec %s "$@"\n' "${gcc#* }" >"bin/${gcc% *}"
chmod +x bin/*
(PATH=$PWD/bin:$PATH; build 7 >seven 2>log)
grep -q '^Preparing.* is another one now' log || { cat log; exit 1; }
[ -e "$(cat seven)" ]
build 8 >eight 2>log
grep -q '^Preparing.* is another one now' log

# stopped while it is made: nothing is left, and nothing is half done
rm -r "$recipe"
for signal in TERM HUP; do
	env --default-signal=$signal "$STAP" -p4 -r "$SYSTEMTAP_RELEASE" -e 'probe begin { println(6) }' >out 2>&1 &
	sleep 1
	kill -$signal $!
	status=0; wait $! || status=$?
	[ $status = 1 ]
	[ -z "$(ls data/kernel)" ]
	[ -z "$(ls "$TMPDIR")" ]
done
