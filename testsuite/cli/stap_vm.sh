# stap --vm: output, arguments, environment, -c, -x, -o, -T, signals and status as on this machine.
[ -n "$SYSTEMTAP_RELEASE" ] || { echo no kernel to boot is installed; exit 77; }
set -e

cat >hello.stp <<'END'
probe begin { printf("%s %d\n", @1, $2); println(target() ? "target" : "no target") }
probe end { println("end") }
probe timer.s(100) { }
END

# Arguments, environment, a command as the target; its output, its end.
COLOUR=grey "$STAP" --vm -c 'echo $COLOUR from the command' hello.stp one 2 >out
grep -qx 'one 2' out
grep -qx target out
grep -qx 'grey from the command' out
grep -qx end out

# A file, with a pattern; nothing but the script's output is in it.
"$STAP" --vm -T 8 -o out-%%.txt hello.stp a 1 >stdout
[ ! -s stdout ]
printf 'a 1\nno target\nend\n' | diff - out-%.txt

# Ctrl-C.
"$STAP" --vm hello.stp x 1 >out &
pid=$!
while ! grep -q target out; do sleep 0.1; done
kill -INT $pid
wait $pid
grep -qx end out

# A failing command, an error at run time, a process that is not there.
"$STAP" --vm -c false hello.stp x 1 2>err && exit 1
grep -q 'status 1' err
"$STAP" --vm -x 40000 hello.stp x 1 2>err && exit 1
grep -q 'no process 40000' err

# A target that is counted in other name spaces need not be there under its number.
"$STAP" --vm -x 40000 --target-namespaces=1 -e 'probe begin { println(target(), ns_pid() == pid()) exit() }' >out
grep -qx 400001 out
