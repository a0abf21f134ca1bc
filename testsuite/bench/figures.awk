# SPDX-License-Identifier: GPL-2.0-or-later
# Cases and raw measurements to figures, one line each, tab separated:
#	compile LABEL wall-ms cpu-ms peak-KiB budget systemtap bpftrace floor instructions-in-millions
#	life LABEL stap-ms bpftrace-ms other-ms
#	scale SCRIPT hits-a-second-of-one of-two
#	hit LABEL floor stap bpftrace other budget systemtap bpftrace-then lost stap-mean armed-ms size-KiB said
BEGIN { FS = OFS = "\t" }
function base(file) { sub(/.*\//, "", file); return file }
function plain(workload) { return workload == "call" ? median["call", "none"] : median["read", "none"] }
function above(value, workload) {
	return value == "" || value == "-" ? "-" : sprintf("%.0f", value - plain(workload))
}
function budget(c,   value) {
	value = case_of[c, 5]
	return value !~ /^\+/ ? value : above(median[case_of[c, 4], "floor"] + value, case_of[c, 2])
}
base(FILENAME) == "cases" {
	if (/^#/)
		next
	n++
	split($0, field, "|")
	for (i in field)
		case_of[n, i] = field[i]
	next
}
base(FILENAME) == "counts.tsv" { counted[$1] = $2; next }
base(FILENAME) == "compile.tsv" { print "compile", $0, known(counted[$1]); next }
base(FILENAME) == "life.tsv" { life[$1, $2] = $3; next }
base(FILENAME) == "scale.tsv" { print "scale", $0; next }
base(FILENAME) == "sizes.tsv" { size[$1] = $2; next }
{ armed[$1, $2] = $3; median[$1, $2] = $4; mean[$1, $2] = $5; lost[$1, $2] = $6; said[$1, $2] = $7 }
function session(what, label) {
	if ((what, "stap") in life)
		print "life", label, life[what, "stap"], known(life[what, "bpftrace"]), known(life[what, "other"])
}
function known(value) { return value == "" ? "-" : value }
END {
	session("life", "begin to end of a session")
	session("arm", "exec of staprun to first armed probe")
	for (c = 1; c <= n; c++) {
		name = case_of[c, 1]; load = case_of[c, 2]
		# Output is written and read meanwhile: all of that belongs to the hit.
		if (!((name, "stap") in median))
			continue
		what = name ~ /^print/ ? "mean" : "median"
		for (t = split("stap bpftrace other", tool, " "); t; t--)
			cost[tool[t]] = above(what == "mean" ? mean[name, tool[t]] : median[name, tool[t]], load)
		print "hit", case_of[c, 8], above(median[case_of[c, 4], "floor"], load), cost["stap"],
			cost["bpftrace"], cost["other"], budget(c), case_of[c, 6], case_of[c, 7],
			lost[name, "stap"], above(mean[name, "stap"], load), armed[name, "stap"],
			sprintf("%.0f", size[name] / 1024), said[name, "stap"]
		if (name ~ /^print/)
			print "hit", case_of[c, 8] ": probe", above(median[case_of[c, 4], "floor"], load),
				above(median[name, "stap"], load), above(median[name, "bpftrace"], load),
				above(median[name, "other"], load), "-", "-", "-", "-", "-", "-", "-", ""
	}
}
