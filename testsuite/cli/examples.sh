# Finding, listing and running examples; the flame graph that two of them are for.

die() { echo "$*"; exit 1; }
examples=${TESTSUITE%/*}/examples

# All are listed, each in 80 columns; words choose among them.
$STAP --examples >list || die "no list"
ls $examples/*/*.stp | sed 's,.*/,,; s/\.stp$//' | sort >names
sed '/^Performance/,$d' list | sed -n 's/^  \([^ ]*\) .*/\1/p' | sort | diff names - || die "list and files differ"
[ "$(wc -L <list)" -le 80 ] || die "the list is too wide"
sed -n '/^Debugging/,/^$/p' list | grep -qw kmalloc_leaks || die "not by use"
$STAP --examples DISKtop monitoring >some || die "no list of some"
grep -q '^  disktop ' some || die "disktop is not found"
grep -q sigkill some && die "sigkill has nothing to do with it"
$STAP --examples such a thing 2>err && die "found nothing with success"
grep -q 'no example has these words' err || die "$(cat err)"

# By name, with folder or suffix or without, with arguments.
[ "$($STAP --runtime=user --example helloworld)" = "hello world" ] || die "helloworld"
[ "$($STAP --runtime=user --example general/helloworld.stp)" = "hello world" ] || die "path"
$STAP --example callgraph -p1 timer.s timer.s | grep -q para-callgraph || die "another name"
$STAP --runtime=user --example lifegame -DMAXACTION=100000 2 | grep -q 'generation 2: ' || die "arguments"
$STAP --example hellowrld 2>err && die "hellowrld"
grep -q "there is no example 'hellowrld'; did you mean helloworld" err || die "$(cat err)"
$STAP --example 2>err && die "no name"
grep -q 'needs the name' err || die "$(cat err)"

graph=$examples/profiling/stap-flamegraph
printf 'main;a;b 2\nsome other line\nmain;a;b 1\nmain;c<d> 1\n' | perl $graph --unit hits >picture.svg || die "no picture"
grep -q '<title>b: 3 hits, 75.00 %</title>' picture.svg || die "b is missing"
grep -q '<title>c&lt;d&gt;: 1 hits, 25.00 %</title>' picture.svg || die "c is missing"
perl -MXML::Parser -e 1 2>/dev/null && { perl -MXML::Parser -e 'XML::Parser->new->parsefile("picture.svg")' || die "no XML"; }
echo nothing | perl $graph >/dev/null 2>err && die "a picture of nothing"
grep -q 'no stacks' err || die "$(cat err)"
