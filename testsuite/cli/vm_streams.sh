# The command in the VM has standard streams, a folder, an environment and a status of its own.
set -e
head -c 3000000 /dev/urandom >data
"$VMRUN" cat <data >copy
cmp data copy

status=0
COLOUR=grey "$VMRUN" sh -c 'pwd; echo $COLOUR; uname -r; echo a >&2; echo b >/dev/stderr; exit 7' \
	>out 2>err || status=$?
[ $status = 7 ]
printf '%s\n' "$PWD" grey "$SYSTEMTAP_RELEASE" | diff - out
printf 'a\nb\n' | diff - err

# What it writes stays there; the shared folder excepted.
mkdir shared
"$VMRUN" --output shared sh -c 'echo x >lost; echo y >/.stap-output/kept'
[ ! -e lost ]
[ "$(cat shared/kept)" = y ]
