# SPDX-License-Identifier: GPL-2.0-or-later
# Runs in a guest of two processors: hits a second of one process and of two, without a probe and with each of
# the scripts that ./run compiled.  A line of $OUT/scale.tsv: script, one, two.

OUT=/.stap-output
both="$WORK rate read 1 /tmp/one; $WORK rate read 2 /tmp/two"

record() {
	echo "$1	$(cat /tmp/one)	$(cat /tmp/two)" >>$OUT/scale.tsv
}

sh -c "$both"; record none
for script in count aggregate by_pid by_name assigned; do
	[ -e $MODULES/bench_$script.ko ] || continue
	$STAPRUN -c "sh -c '$both'" $MODULES/bench_$script.ko >/dev/null && record $script
done
