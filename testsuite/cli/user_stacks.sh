# Whose call frames and symbols a script gets that walks programs' stacks: those that -d, -c and -x name, and nobody else's.
. $TESTSUITE/cli/message.inc

walk='probe kernel.function("vfs_read") { print_ubacktrace_brief() }'

# translate OPTION... SCRIPT: translates; `out` is the C text.
translate() { "$STAP" -p3 "$@" >out 2>err || { cat err; failed=1; }; }
knows() { grep -q "^	{ .path = \"$1\"" out && grep -q "program_0_frames\[\]" out || { echo "nothing of $1"; failed=1; }; }

translate -e "$walk"
! grep -q "user_frame program" out || { echo "frames of nothing"; failed=1; }
translate -e "$walk" -d /bin/sh
knows "$(realpath /bin/sh)"
translate -e "$walk" -c 'sh -c true'
knows "$(realpath /bin/sh)"
sleep 1000 & sleeper=$!
translate -e "$walk" -x $sleeper
knows "$(realpath "$(command -v sleep)")"
knows '.*/libc.so.6'
kill $sleeper
translate -e 'probe kernel.function("vfs_read") { print_usyms("0x1234") }' -d /bin/sh
! grep -q "user_frame program" out || { echo "frames though no stack is walked"; failed=1; }

# A process that runs another program by now is asked for anew, though its number, the script and the options are the same.
mkfifo gate
sh -c 'read go <gate; exec sleep 1000' & sleeper=$!
"$STAP" -p4 -r "$SYSTEMTAP_RELEASE" -e "$walk" -x $sleeper >before 2>err || { cat err; failed=1; }
echo >gate
until [ "$(realpath /proc/$sleeper/exe)" = "$(realpath "$(command -v sleep)")" ]; do sleep 0.1; done
"$STAP" -p4 -r "$SYSTEMTAP_RELEASE" -e "$walk" -x $sleeper >after 2>err || { cat err; failed=1; }
kill $sleeper
! cmp -s before after || { echo "the module for another program"; failed=1; }
exit $failed
