# Records are stamped by the CPUs' clocks when the kernel found them to agree, else by one counter.
cd /tmp
$STAPRUN -B -o stamped -c "$MODULES/turns 50" $MODULES/vmtest_stamps_order.ko || exit 1
# The stamps of the first and the last of the 100 records; counted ones are at most 100.
set -- $(for file in stamped_*; do od -An -v -w8 -tu8 $file; done | awk '
	$1 % 4294967296 == 1885434995 { at = NR } at && NR == at + 1 { print $1 }' | sort -n | sed -n '1p; $p')
clock=$(($1 > 1000000))
echo "$1 to $2: stamps, where the clock is $(cat /sys/devices/system/clocksource/clocksource0/current_clocksource)"
case $(cat /proc/cmdline) in *tsc=reliable*) [ $clock = 1 ] ;; *) [ $clock = 1 ] || [ $2 = 100 ] ;; esac
