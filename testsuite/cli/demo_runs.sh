# ./demo on a machine that is prepared: traffic after a moment, nothing built again; and any other script.
demo=$TESTSUITE/../demo
[ -n "$SYSTEMTAP_RELEASE" ] || { echo no kernel to boot is installed; exit 77; }
[ "$STAP" -ef "$TESTSUITE/../stap/stap" ] || { echo "the build is not in the source folder"; exit 77; }
[ "$(id -u)" = 0 ] || { echo "not root: packages cannot be installed"; exit 77; }

# Arguments with blanks, a file of the folder where it was called.
cat >script.stp <<'END'
probe begin { printf("%s|%d\n", @1, $2) exit() }
END
"$demo" script.stp 'a b' 7 >out 2>err || { cat out err; exit 1; }
sed -n 1p out | grep -q '^== script.stp a b 7 \(on this machine\|in a throwaway virtual machine, because .*\)$' &&
	[ "$(sed -n 2p out)" = 'a b|7' ] && [ "$(wc -l <out)" = 2 ] || { cat out err; exit 1; }

"$demo" missing.stp >out 2>err && exit 1
[ "$(grep -c 'error: ' err)" = 1 ] || { cat err; exit 1; }

# The traffic: both protocols over both versions; how long the first line took.
before=$(date +%s.%N)
"$demo" | while read -r line; do
	case $line in Source*) [ -s first ] || date +%s.%N >first ;; esac
	echo "$line"
done >out
awk -v a="$before" -v b="$(cat first)" 'BEGIN { printf "first line of traffic after %.1f s\n", b - a }' >&2
[ "$(grep -vc '^Source IP: [0-9a-f.:]* | Destination IP: [0-9a-f.:]* | Port: [0-9]* | Packet Size: [0-9]* bytes$' out)" = 1 ] ||
	{ cat out; exit 1; }
for address in 127.0.0.1 ::1; do
	for port in 7777 7778; do
		grep -q "^Source IP: $address | Destination IP: $address | Port: $port " out || { echo "no $address $port"; exit 1; }
	done
done
