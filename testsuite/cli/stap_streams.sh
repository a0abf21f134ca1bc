# Standard streams that were closed do not become files of stap's, and what cannot be written is told.
script='probe begin { println("x") exit() }'

# STATUS OUTPUT MESSAGE COMMAND
run() {
	want=$1 out=$2 message=$3
	eval "$4" >printed 2>err
	status=$?
	[ $status = "$want" ] && [ "$(cat printed)" = "$out" ] && [ -z "$(ls -A "$TMPDIR")" ] &&
		if [ -n "$message" ]; then grep -q "$message" err; else [ ! -s err ]; fi && return
	echo "$4: status $status"; cat printed err; ls "$TMPDIR"
	exit 1
}

lost='cannot write the output: '
run 0 x '' '"$STAP" --disable-cache --runtime=user -e "$script" <&-'
run 0 x '' '"$STAP" --disable-cache --runtime=user -e "$script" 2>&-'
run 1 '' "$lost" '"$STAP" --disable-cache --runtime=user -e "$script" >&-'
run 1 '' '' '"$STAP" --disable-cache --runtime=user -e "$script" <&- >&- 2>&-'
run 1 '' 'script is empty' '"$STAP" - <&-'
for words in '-p1 -e "$script"' '-p3 -e "$script"' --help --version --dump-functions '-l vfs.*'; do
	run 1 '' "$lost.*ENOSPC" "\"\$STAP\" $words >/dev/full"
	run 1 '' "$lost.*EBADF" "\"\$STAP\" $words >&-"
done

[ -z "$SYSTEMTAP_RELEASE" ] || run 0 module.ko '' '"$STAP" -p4 -m module --disable-cache -e "$script" <&-'
