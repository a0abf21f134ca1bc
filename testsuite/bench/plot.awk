# SPDX-License-Identifier: GPL-2.0-or-later
# Figures to a bar chart: instructions of a hit, a group of bars for each workload.
BEGIN { FS = "\t"; full = 2000; width = 600; left = 270; top = 40 }
function escaped(s) { gsub(/&/, "\\&amp;", s); gsub(/</, "\\&lt;", s); return s }
function label(x, y, size, anchor, text) {
	return sprintf("<text x=\"%.1f\" y=\"%d\" font-size=\"%d\" text-anchor=\"%s\">%s</text>\n", x, y, size, anchor, text)
}
# A bar that is cut has a gap near its end.
function bar(value, color, who,   w) {
	if (value == "-" || value == "")
		return
	w = (value > full ? full : value) * width / full
	bars = bars sprintf("<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"9\" fill=\"%s\"/>\n", left, y, w, color)
	if (value > full)
		bars = bars sprintf("<rect x=\"%d\" y=\"%d\" width=\"5\" height=\"9\" fill=\"#fff\"/>\n", left + w - 15, y)
	texts = texts label(left + w + 4, y + 8, 9, "start", who " " value)
	y += 11
}
BEGIN { y = top }
$1 == "hit" {
	texts = texts label(left - 8, y + 10, 11, "end", escaped($2))
	start = y
	bar($3, "#999", "floor"); bar($4, "#2a7", "stap"); bar($5, "#d83", "bpftrace"); bar($6, "#57c", "other stap")
	if ($7 != "-")
		lines = lines sprintf("<line x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" y2=\"%d\" stroke=\"#c22\" stroke-dasharray=\"3,2\"/>\n",
			left + $7 * width / full, left + $7 * width / full, start - 1, y)
	y += 8
}
END {
	printf "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" font-family=\"sans-serif\">\n",
		left + width + 120, y + 10
	print "<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>"
	printf "%s", label(left, 20, 14, "start", "Instructions a hit (dashed: budget; bars are cut at " full ")")
	# Where a budget's line and a text meet, the text is read.
	printf "%s%s<g paint-order=\"stroke\" stroke=\"#fff\" stroke-width=\"3\" stroke-linejoin=\"round\">\n%s</g>\n</svg>\n", bars,
		lines, texts
}
