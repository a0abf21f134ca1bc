# SPDX-License-Identifier: GPL-2.0-or-later
# Figures to a bar chart: instructions of a hit, a group of bars for each workload.
BEGIN { FS = "\t"; full = 2000; width = 600; left = 270; top = 40 }
function escaped(s) { gsub(/&/, "\\&amp;", s); gsub(/</, "\\&lt;", s); return s }
function bar(value, color, who,   w) {
	if (value == "-" || value == "")
		return
	w = (value > full ? full : value) * width / full
	body = body sprintf("<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"9\" fill=\"%s\"/>" \
		"<text x=\"%.1f\" y=\"%d\" font-size=\"9\">%s %d</text>\n", left, y, w, color, left + w + 4, y + 8, who, value)
	y += 11
}
BEGIN { y = top }
$1 == "hit" {
	body = body sprintf("<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>\n", left - 8, y + 10, escaped($2))
	start = y
	bar($3, "#999", "floor"); bar($4, "#2a7", "stap"); bar($5, "#d83", "bpftrace"); bar($6, "#57c", "other stap")
	if ($7 != "-")
		body = body sprintf("<line x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" y2=\"%d\" stroke=\"#c22\" stroke-dasharray=\"3,2\"/>\n",
			left + $7 * width / full, left + $7 * width / full, start - 1, y)
	y += 8
}
END {
	printf "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" font-family=\"sans-serif\" font-size=\"11\">\n",
		left + width + 120, y + 10
	printf "<text x=\"%d\" y=\"20\" font-size=\"14\">Instructions a hit (dashed: budget; bars end at %d)</text>\n", left, full
	printf "%s</svg>\n", body
}
