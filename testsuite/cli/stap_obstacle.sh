# Where modules cannot be loaded, stap says so before it compiles, and how else to run the script.
"$VMRUN" --obstacle >why && { echo modules can be loaded here; exit 77; }
set -e
unset SYSTEMTAP_RELEASE
"$STAP" -e 'probe begin { exit() }' 2>err && exit 1
grep -qF "$(cat why)" err
grep -q -- --vm err
[ "$(grep -c ERROR err)" = 1 ]

# A mistake in the script is told first.
"$STAP" -e 'probe bgin { exit() }' 2>err && exit 1
grep -q "no such probe point 'bgin'" err
grep -q "did you mean: begin" err
grep -qF "$(cat why)" err

# Without privileges the group is named.
if [ "$(id -u)" = 0 ] && [ -e /proc/modules ]; then
	setpriv --reuid 65534 --clear-groups "$VMRUN" --obstacle | grep -q stapdev
fi
