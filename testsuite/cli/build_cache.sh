# The script cache: hits, what is not a hit, damage, limits.
set -e
export SYSTEMTAP_DIR=$PWD/data
mkdir -p data lib
script='probe begin { printf("%d\n", cached_value()) exit() }'
echo 'function cached_value() { return 1 }' >lib/value.stp
build() { "$STAP" --runtime=user -I lib -v -p4 -e "$script" "$@" 2>log; }

first=$(build)
[ -x "$first" ]
! grep -q "using cached" log

# the same again, and the same C text by another way
[ "$(build)" = "$first" ]
grep -q "Pass 4: using cached" log
[ "$(build -w)" = "$first" ]
"$STAP" --runtime=user -I lib --vp 0201 -p4 -e "$script" >/dev/null 2>log	# of the passes that are to tell
[ "$(grep -o '^Pass .: using cached' log)" = "$(printf 'Pass 2: using cached\nPass 4: using cached')" ]

# what makes another script
sleep 0.01; echo 'function cached_value() { return 2 }' >lib/value.stp
second=$(build)
[ "$second" != "$first" ]
[ "$("$second")" = 2 ]
[ "$(build -DMAXACTION=7)" != "$second" ]
script="$script probe never { }"
build >/dev/null
! grep -q "using cached" log

# --disable-cache does not touch it, --poison-cache writes but does not read
before=$(find data | sort | cksum)
mkdir elsewhere
(cd elsewhere && build -I ../lib --disable-cache >/dev/null)
[ "$(find data | sort | cksum)" = "$before" ]
build --poison-cache >/dev/null
! grep -q "using cached" log

# damage of any kind is repaired
third=$(build)
for damage in 'printf X | dd of=$f bs=1 seek=700 conv=notrunc' ': >$f' 'rm $f' 'chmod 0 $f; : >$f'; do
	for f in "$third" "${third%.ko}.manifest" data/cache/*/*.answer; do
		[ -e "$f" ] || continue
		eval "$damage" 2>/dev/null
		again=$(build)
		"$again" >out
		[ "$(cat out)" = 2 ]
	done
done

# the oldest entries go when there is too much
echo 0 >data/cache/cache_mb_limit
"$STAP" --clean-cache
[ -z "$(find data/cache -name 'stap_*')" ]

# a cache that cannot be used is no reason to stop
rm -r data/cache
echo >data/cache
build >/dev/null
rm -f stap_*
