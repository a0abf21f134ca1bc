# staprun setuid root: the groups of the caller decide, and a parent that is killed ends the session
# though its child has another user.
module=vmtest_session_forever
dir=/var/tmp/setuid.$$
mkdir -m 755 $dir && cd $dir || exit 1
cp $STAPRUN staprun && cp $MODULES/$module.ko . && chmod 4755 staprun && chmod 644 $module.ko || exit 1
printf 'stapusr:x:961:\nstapdev:x:962:\nothers:x:963:\n' >>/etc/group

as() {		# GROUPS COMMAND...
	groups=$1
	shift
	setpriv --reuid 4321 --regid 963 --groups "$groups" "$@"
}

fail() { echo "$*"; cat out err; exit 1; }

as 963 ./staprun $module.ko >out 2>err && fail "a stranger got in"
grep -q "not allowed to load modules" err || fail "no reason for strangers"
as 961,963 ./staprun $module.ko >out 2>err && fail "stapusr loaded any module"
grep -q "stapusr only" err || fail "no reason for stapusr"
grep -q $module /proc/modules && fail "loaded all the same"

mkfifo started
chmod 666 started
as 961,962,963 sh -c './staprun -P $$ '$module.ko' >&3 2>&4 & echo $$ >started; sleep 60' 3>out 4>err &
read -r parent <started
while ! grep -q tick out; do sleep 0.1; done
kill -9 "$parent"
for try in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16; do
	grep -q $module /proc/modules || break
	sleep 0.5
done
grep -q $module /proc/modules && fail "the module outlived the parent"
[ "$(tail -1 out)" = end ] || fail "no end probe"

./staprun -P 1 $module.ko >out 2>err && fail "-P of another process"
grep -q "process 1 (-P) is not there, or not our parent" err || fail "no reason for -P"
rm -r $dir
