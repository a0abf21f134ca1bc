# SPDX-License-Identifier: GPL-2.0-or-later
# The option list of stap --help as roff: awk -f mkoptions.awk
/^[A-Z].*:$/ { sub(/:$/, ""); printf ".SS %s\n", $0; next }
/^  -/ {
	option = substr($0, 3, 33); sub(/ +$/, "", option)
	text = substr($0, 36)
	gsub(/-/, "\\-", option); gsub(/-/, "\\-", text)
	printf ".TP\n.B %s\n%s.\n", option, text
}
