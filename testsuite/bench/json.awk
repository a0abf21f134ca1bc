# SPDX-License-Identifier: GPL-2.0-or-later
# Figures to JSON: an array of objects; what is not known is null.
BEGIN {
	FS = "\t"
	names["compile"] = "label wall_ms cpu_ms peak_kib budget_ms systemtap_ms bpftrace_ms floor_ms instructions_m"
	names["life"] = "label stap_ms bpftrace_ms other_ms"
	names["scale"] = "label one_per_s two_per_s"
	names["hit"] = "label floor stap bpftrace other budget systemtap_then bpftrace_then lost mean armed_ms module_kib"
	print "["
}
function text(s) { gsub(/\\/, "\\\\\\\\", s); gsub(/"/, "\\\"", s); return "\"" s "\"" }
{
	printf "%s  {\"kind\": %s", (NR > 1 ? ",\n" : ""), text($1)
	count = split(names[$1], name, " ")
	for (i = 1; i <= count; i++) {
		value = i == 1 ? text($2) : $(i + 1)
		printf ", \"%s\": %s", name[i], i == 1 || value ~ /^-?[0-9.]+$/ ? value : "null"
	}
	printf "}"
}
END { print "\n]" }
