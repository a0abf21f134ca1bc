# SPDX-License-Identifier: GPL-2.0-or-later
# Runs in the guest: every workload under every tool.  $WORK, $BENCH (this folder), $MODULES,
# $STAPRUN, $BPFTRACE, $OTHER_STAPRUN and $CASES (names, or nothing) come from ./run.
# A line of $OUT/hits.tsv: case, tool, ms from exec to armed, median and mean
# instructions of a hit and what it does beside, lines lost, what was said.

OUT=/.stap-output
export WORK_STAMP=/tmp/stamp

wanted() {
	case " ${CASES:-$1} " in *" $1 "*) ;; *) return 1 ;; esac
}

# Lines of output that are missing: print workloads only.  Others read files, too.
lost() {
	case $1 in print*) ;; *) echo -; return ;; esac
	missing=$(($2 - $(grep -c work /tmp/$3.out)))
	[ $missing -gt 0 ] && echo $missing || echo 0
}

# record CASE TOOL HITS: what `work hits` wrote in /tmp/result.
record() {
	result=$(cat /tmp/result 2>/dev/null)
	case $result in
	*.*.*.*) printf '%s\t%s\t%s\t%s\t%s\n' "$1" "$2" "$result" "$(lost "$1" "$3" "$1-$2")" \
			"$(head -c 100 $OUT/$1-$2.err | tr '\n\t' '  ')" ;;
	*) printf '%s\t%s\t-\t-\t-\t-\t%s\n' "$1" "$2" "$(head -c 200 $OUT/$1-$2.err | tr '\n\t' '  ')" ;;
	esac >>$OUT/hits.tsv
	rm -f /tmp/result
}

plain() {
	rm -f $WORK_STAMP
	$WORK hits $2 $3 /tmp/result
	: >$OUT/$1-none.err
	record $1 none $3
}

empty() {
	insmod $MODULES/floor.ko kind=$1
	rm -f $WORK_STAMP
	$WORK hits $2 20000 /tmp/result
	rmmod floor
	: >$OUT/$1-floor.err
	record $1 floor 20000
}

# traced CASE TOOL WORKLOAD HITS COMMAND SCRIPT: the command runs the workload by -c.  Its output stays in the guest: how
# fast this machine takes it is nobody's cost.
traced() {
	timeout -k 5 -s INT 300 $WORK stamp $WORK_STAMP "$5" -c "$WORK hits $3 $4 /tmp/result" "$6" \
		>/tmp/$1-$2.out 2>$OUT/$1-$2.err </dev/null
	record $1 $2 $4
	rm /tmp/$1-$2.out
}

script() {
	[ ! -e $MODULES/bench_$1.ko ] || traced $1 stap $2 $3 $STAPRUN $MODULES/bench_$1.ko
	[ ! -e $MODULES/other_$1.ko ] || traced $1 other $2 $3 $OTHER_STAPRUN $MODULES/other_$1.ko
	[ -z "$BPFTRACE" ] || [ ! -e $BENCH/scripts/$1.bt ] ||
		traced $1 bpftrace $2 $3 $BPFTRACE $BENCH/scripts/$1.bt
}

# The shortest of some runs, from the exec of the tool: to the end of a script that only has a begin probe, and
# until a probe in vfs_read is armed.  What is run is in the guest's memory: this clock goes fast while it waits for the
# host.
life() {
	[ ! -e bench_life.ko ] || echo "life	stap	$(./work life 20 ./staprun bench_life.ko)"
	[ ! -e other_life.ko ] || echo "life	other	$(./work life 5 $OTHER_STAPRUN other_life.ko)"
	[ -z "$BPFTRACE" ] || echo "life	bpftrace	$(./work life 3 $BPFTRACE -e 'BEGIN { exit() }')"
}

arm() {
	now="/tmp/work now /tmp/now"
	[ ! -e bench_count.ko ] || echo "arm	stap	$(./work arm 20 /tmp/now ./staprun -c "$now" bench_count.ko)"
	[ ! -e other_count.ko ] || echo "arm	other	$(./work arm 5 /tmp/now $OTHER_STAPRUN -c "$now" other_count.ko)"
	[ -z "$BPFTRACE" ] || echo "arm	bpftrace	$(./work arm 3 /tmp/now $BPFTRACE -c "$now" $BENCH/scripts/count.bt)"
}

sessions() {
	cp $WORK /tmp/work && cp $STAPRUN /tmp/staprun && cd /tmp || return
	cp $MODULES/*_life.ko $MODULES/*_count.ko . 2>/dev/null
	life
	arm
}

mount -t debugfs none /sys/kernel/debug 2>/dev/null
plain read read 20000
plain call call 20000
if [ -e $MODULES/floor.ko ]; then
	for kind in ftrace kprobe return; do empty $kind read; done
	empty trace call
fi
# Its libraries are slow to come; that is nobody's cost.
[ -z "$BPFTRACE" ] || $BPFTRACE -e 'BEGIN { exit() }' >/dev/null 2>&1
while IFS='|' read -r name load hits rest; do
	case $name in '#'*) continue ;; esac
	wanted $name && script $name $load $hits
done <$BENCH/cases
plain read2 read 20000
if wanted life; then sessions >$OUT/life.tsv; fi
