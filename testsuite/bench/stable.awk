# SPDX-License-Identifier: GPL-2.0-or-later
# The figures of two runs: how far those of this stap and of the floors are apart, in instructions.
BEGIN { FS = "\t" }
FNR == NR && $1 == "compile" { compiling[$2] = $10 }
FNR == NR && $1 == "life" { session[$2] = $3 }
FNR == NR && $1 == "hit" { floor[$2] = $3; cost[$2] = $4 }
FNR == NR { next }
function compare(label, before, now,   percent) {
	if (before + 0 == 0)
		return
	percent = (now - before) * 100 / before
	if (percent < 0)
		percent = -percent
	rows++
	if (percent > 2)
		printf "%-42s %s, then %s: %.1f %%\n", label, before, now, percent
	if (percent > most)
		most = percent
}
$1 == "compile" && $2 in compiling { compare($2, compiling[$2], $10) }
$1 == "life" && $2 in session { compare($2, session[$2], $3) }
$1 == "hit" && $2 in cost { compare($2, cost[$2], $4); compare($2 ", floor", floor[$2], $3) }
END { printf "\nTwo runs: %d figures of this stap and of the floors differ by at most %.1f %%.\n", rows, most }
