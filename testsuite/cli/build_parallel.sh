# Several runs at once that make, read and repair the same cache entry: each has a good module, or none is lost.
export SYSTEMTAP_DIR=$PWD/data
build() { "$STAP" --runtime=user -p4 -e 'probe begin { println("same"); exit() }'; }

first=$(build)
for round in 1 2 3 4 5 6; do
	case $round in
	1) rm -r data/cache ;;
	2) : >"$first" ;;
	3) printf X | dd of="${first}.manifest" bs=1 seek=3 conv=notrunc 2>/dev/null ;;
	4) printf XXXX | dd of="$first" bs=1 seek=2000 conv=notrunc 2>/dev/null ;;
	5) echo 0 >data/cache/cache_mb_limit; : >data/cache/cache_clean_interval_s
	   touch -d '1 hour ago' data/cache/cache_clean_interval_s ;;
	6) rm data/cache/cache_mb_limit ;;
	esac
	for i in 1 2 3 4 5; do
		(place=$(build 2>err$i) && [ "$("$place")" = same ]) &
		jobs="$jobs $!"
	done
	for job in $jobs; do
		# a cleaner may take an entry between its making and its use
		wait $job || [ $round = 5 ] || { echo "round $round"; cat err?; exit 1; }
	done
	jobs=
	[ -z "$(find data -name '*.new*')" ] || { echo "left:"; find data -name '*.new*'; exit 1; }
done
