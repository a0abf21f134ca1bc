# SPDX-License-Identifier: GPL-2.0-or-later
# Figures to the table that people read.
BEGIN { FS = "\t" }
function verdict(value, budget) {
	return value == "-" || budget == "-" ? "" : value + 0 <= budget + 0 ? "met" : "over"
}
# Kept for the end: hits come first.
$1 == "life" {
	if (!lives++)
		later = sprintf("\n%-42s %5s %6s %8s %6s\n", "a session, ms of virtual time", "", "stap", "bpftrace", "other")
	later = later sprintf("%-42s %5s %6s %8s %6s\n", $2, "", $3, $4, $5)
	next
}
$1 == "scale" {
	if (!scales++)
		scale = sprintf("\n%-42s %9s %9s %6s\n", "hits a second, emulated", "1 CPU", "2 CPUs", "ratio")
	scale = scale sprintf("%-42s %9d %9d %6.2f\n", $2, $3, $4, $3 ? $4 / $3 : 0)
	next
}
$1 == "compile" {
	if (!compiles++)
		printf "%-42s %9s %9s %9s %9s | %7s %-4s %9s %8s %6s\n", "compiling", "10^6 inst", "wall ms", "CPU ms",
			"peak MB", "budget", "", "SystemTap", "bpftrace", "floor"
	printf "%-42s %9s %9s %9s %9.1f | %7s %-4s %9s %8s %6s\n", $2, $10, $3, $4, $5 / 1024, $6, verdict($3, $6), $7, $8, $9
	next
}
{
	if (!hits++)
		printf "%s%-42s %5s %6s %8s %6s | %6s %-4s %9s %8s %6s %7s %7s %6s\n", compiles ? "\n" : "",
			"instructions a hit", "floor", "stap", "bpftrace", "other", "budget", "", "SystemTap",
			"bpftrace", "lost", "mean", "arm ms", "KiB"
	printf "%-42s %5s %6s %8s %6s | %6s %-4s %9s %8s %6s %7s %7s %6s%s\n", $2, $3, $4, $5, $6, $7,
		verdict($4, $7), $8, $9, $10, $11, $12, $13, $14 == "" ? "" : "  (" $14 ")"
}
END {
	printf "%s%s", later, scale
	print ""
	print "Left of the bar: measured now.  Right: the budget, and SystemTap 5.6-pre and bpftrace 0.17 as measured"
	print "once.  A hit's cost is what it adds to the workload; the floor is an empty handler of its mechanism."
}
