# A plain script takes less than 2 MiB of the kernel's memory per CPU; -v says how much.
$STAPRUN -v -c true $MODULES/vmtest_output_flood.ko >/dev/null 2>messages
cat messages
text=$(sed -n 's/^Memory: \([0-9]*\) KiB for \([0-9]*\) CPUs: .*/\1 \2/p' messages)
set -- $text
[ $# = 2 ] && [ $1 -gt 0 ] && [ $1 -lt $(($2 * 2048)) ]
