# What is wrong with counters that @perf reads is told.
[ -n "$SYSTEMTAP_RELEASE" ] || { echo no kernel is installed; exit 77; }
failed=0

# message SCRIPT PATTERN...: each must be in what stap says of it.
message() {
	"$STAP" -p2 -e "$1" >out 2>err && { echo "$1: no error"; failed=1; }
	script=$1; shift
	for pattern; do
		grep -q -- "$pattern" err && continue
		echo "$script: nothing like '$pattern' in:"; cat err; failed=1
	done
}

message 'probe perf.sw.cpu_clock.counter("clock") {} probe begin { println(@perf("clok")) }' "no probe counts 'clok'" 'did you mean: clock'
message 'probe perf.type(1).config(0).counter("x") {} probe perf.sw.page_faults.counter("x") {}' "two counters are called 'x'" 'first declared here'
message 'probe perf.sw.cpu_clock.process("ls").counter("x"), perf.sw.cpu_clock.counter("x") {}' "two counters are called 'x'"
message 'probe perf.sw.cpu_clock.process.counter("x") {}' 'perf....process needs a target: -c CMD or -x PID'
message 'probe perf.sw.cpu_clock.process("").counter("x") {}' 'the program has no name'
message 'probe perf.sw.cpu_clock.process("ls").counter {}' 'process(string).counter(string)'
message 'probe perf.sw.cpu_clock.process(1).counter("x") {}' 'process(string).counter(string)'
message 'probe begin { println(@perf("x")) }' 'as in: probe perf.sw.context_switches.counter("x") {}'

# It is there without a handler, and listed.
"$STAP" -p2 -e 'probe perf.sw.cpu_clock.counter("c") {} probe begin { println(@perf("c")) }' >out 2>err || failed=1
grep -q '^perf.type(1).config(0).counter("c")' out || { cat out err; failed=1; }
point='perf.sw.page_faults.process("/bin/sh").counter("f")'
for list in -l -L; do
	[ "$("$STAP" $list "$point")" = "$point" ] || { echo "$list $point"; failed=1; }
done
"$STAP" --plan -c true -e "probe $point, perf.type(1).config(0).process.counter(\"c\") {}" >out || failed=1
[ "$(grep -c 'mechanism.*in each thread of the program' out)" = 2 ] || { cat out; failed=1; }

# Names may have any character.
"$STAP" -p3 -e 'probe perf.sw.cpu_clock.process("/no/a\"b").counter("c\"d") {} probe begin { println(@perf("c\"d")) }' >out || failed=1
grep -q '\.program = "/no/a\\042b"' out || { grep spec out; failed=1; }
exit $failed
