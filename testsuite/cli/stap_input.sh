# What cannot be a script, or cannot be read: one clear message, status 1, at once, and nothing left behind.
script='probe begin { println("x") exit() }'

refused() {		# PATTERN COMMAND...
	pattern=$1; shift
	status=0
	timeout 20 "$@" >out 2>err || status=$?
	[ $status = 1 ] && grep -q -- "$pattern" err && [ "$(grep -c 'error: \|ERROR: ' err)" = 1 ] && [ ! -s out ] &&
		[ -z "$(ls -A "$TMPDIR")" ] && return
	echo "$*: status $status"; cat out err; ls "$TMPDIR"
	exit 1
}

refused "cannot read script 'missing.stp': ENOENT" "$STAP" missing.stp
refused "cannot read script '/': EISDIR" "$STAP" /
refused "cannot read tapset directory .*ENOTDIR" "$STAP" -I /etc/passwd -e "$script"
refused "script is empty" "$STAP" /dev/null
refused "larger than 8 MB" "$STAP" /dev/zero

# 10 MB of script, of comment, of one line
awk 'BEGIN { for (i = 0; i < 290000; i++) print "probe begin { println(" i ") exit() }" }' >big.stp
refused "'big.stp' is larger than 8 MB" "$STAP" -p2 big.stp
refused "is larger than 8 MB" sh -c '"$0" - <big.stp' "$STAP"

# rubbish, also short, also from standard input
head -c 100000 /dev/urandom >rubbish.stp
refused "'rubbish.stp' is not a script: it holds binary data" "$STAP" rubbish.stp
refused "it holds binary data" sh -c '"$0" - <rubbish.stp' "$STAP"
refused "it holds binary data" "$STAP" "$(command -v sh)"
printf 'probe begin { println("a\000b") }\n' >nul.stp
refused "NUL byte" "$STAP" nul.stp

# text that is deeper than anybody writes it
awk 'BEGIN { printf "probe begin { x = "; for (i = 0; i < 1000000; i++) printf "("; print 1 }' >deep.stp
refused "levels deep" "$STAP" deep.stp

# what other users keep for themselves
if [ "$(id -u)" = 0 ] && setpriv --reuid 65534 --clear-groups test -x "$STAP"; then
	mkdir closed
	echo "$script" >closed/x.stp
	chmod 700 closed
	other="setpriv --reuid 65534 --clear-groups"
	refused "cannot read script 'closed/x.stp': EACCES" $other "$STAP" closed/x.stp
	refused "cannot read tapset directory 'closed': EACCES" $other "$STAP" -I closed -p1 -e "$script"
fi

# limits without which there are no buffers, and what is no number
for setting in MAXSTRINGLEN=0 MAXSTRINGLEN=-1 MAXSTRINGLEN=abc MAXMAPENTRIES=0 MAXMAPENTRIES=99999999999 STP_BUFFER_SIZE=0 \
	HIST_WIDTH=0x STP_PROCFS_BUFSIZE=0 KRETACTIVE=65536; do
	refused "^ERROR: -D: '$setting' is not ${setting%=*} from [012] to [0-9]*$" "$STAP" -D "$setting" -e "$script"
done
"$STAP" -p1 -D MAXMAPENTRIES=0x100 -D MAXMAP=0 -e "$script" >out
