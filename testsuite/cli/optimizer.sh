# What the optimizer removes is told with -v -v; -u switches all of it off.
set -e
cat >script.stp <<'END'
global unused_global, shown, keys
function unused(x) { return x }
function useless(x) { y = x; return 5 }
probe begin {
	a = 1
	b = 2 + 3
	if (0) println("never")
	println(0 && a, 1 ? b : a)
	useless(3)
	5
	shown = 1
	while (0) println("never")
	keys[1] = 2
	foreach (k in keys) { }
	try { } catch { println("never") }
	next
	println("unreached")
}
probe end { }
END

"$STAP" --runtime=user -p2 -v -v -w script.stp 2>err >out
sed -n "s/^optimizer: //p" err >told
cat >expected <<'END'
script.stp:6:8: '+': folded to 5
script.stp:7:2: 'if': the condition is always 0
script.stp:8:12: '&&': decided by its left side: 0
script.stp:8:20: '?': the condition is always 1
script.stp:2:10: 'unused': removed a function that nothing calls
script.stp:3:23: 'y': removed an assignment whose value is never used
script.stp:6:2: 'b': the variable is always 5
script.stp:5:2: 'a': removed an assignment whose value is never used
script.stp:9:2: 'useless': removed an expression without effect
script.stp:10:2: '5': removed an expression without effect
script.stp:12:2: 'while': the condition is always 0
script.stp:14:2: 'foreach': removed a loop with nothing to do
script.stp:15:2: 'try': removed a try with nothing to do
script.stp:17:2: 'println': removed what is never reached
script.stp:19:7: 'end': removed a probe with nothing to do
script.stp:3:10: 'useless': removed a function that nothing calls any more
script.stp:1:8: 'unused_global': removed a global that nothing uses
END
diff -u expected told

"$STAP" --runtime=user -p2 -v -v -u script.stp 2>err >out
if grep -E "optimizer|WARNING" err; then exit 1; fi
cat >expected <<'END'
# globals
unused_global:long
shown:long
keys:long [long]
# functions
useless:long (x:long)
  # locals
  y:long
{
	y = x;
	return 5;
}
unused:long (x:long)
{
	return x;
}
# probes
begin
  # locals
  a:long
  b:long
  k:long
{
	{
		a = 1;
		b = 2 + 3;
		if (0)
			println("never");
		println(0 && a, 1 ? b : a);
		useless(3);
		5;
		shown = 1;
		while (0)
			println("never");
		keys[1] = 2;
		foreach ([k] in keys) {
		}
		try {
		} catch {
			println("never");
		}
		next;
		println("unreached");
	}
}
end
{
	{
	}
}
END
diff -u expected out
