# The command in the VM has standard streams, a folder, an environment and a status of its own.
set -e
head -c 3000000 /dev/urandom >data
mkdir shared

status=0
COLOUR=grey "$VMRUN" --output shared sh -c '
	pwd; echo $COLOUR; uname -r
	echo a >&2; echo b >/dev/stderr
	echo x >lost; echo y >/.stap-output/kept
	cat
	exit 7' <data >out 2>err || status=$?
[ $status = 7 ]
{ printf '%s\n' "$PWD" grey "$SYSTEMTAP_RELEASE"; cat data; } | cmp - out
printf 'a\nb\n' | diff - err

# What it writes stays there; the shared folder excepted.
[ ! -e lost ]
[ "$(cat shared/kept)" = y ]
