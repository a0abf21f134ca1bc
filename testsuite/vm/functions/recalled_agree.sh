# The same stacks, recalled and walked.
load="sh ${0%/*}/recalled.load"
for form in recalled walked; do
	$STAPRUN -c "$load" $MODULES/vmtest_functions_$form.ko | sort >/tmp/$form
done
[ $(wc -l </tmp/recalled) -ge 12 ] && diff /tmp/recalled /tmp/walked
