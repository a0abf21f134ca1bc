# SPDX-License-Identifier: GPL-2.0-or-later
# Manual pages from the comments of library functions and aliases:
#	awk -v dir=DIR -f mktapset.awk tapsets/*.stp ...
# A comment is "/**", " * NAME - summary", " * @argument: text", text, " */", and what follows it is described.
function page(kind, name, signature,	file, i) {
	file = dir "/" kind "::" name ".3stap"
	printf ".TH \"%s::%s\" 3stap \"\" \"stap\" \"stap\"\n.SH NAME\n%s::%s \\- %s\n", toupper(kind), toupper(name), kind, name, summary > file
	printf ".SH SYNOPSIS\n.B %s\n", signature > file
	if (arguments != "")
		printf ".SH ARGUMENTS\n%s", arguments > file
	if (text != "")
		printf ".SH DESCRIPTION\n%s", text > file
	printf ".SH SEE ALSO\n.BR stap (1)\n" > file
	close(file)
}
# The page of a system call tells of its return, too.
function return_page(name,	file) {
	file = dir "/probe::" name ".return.3stap"
	printf ".so man3/probe::%s.3stap\n", name > file
	close(file)
}
function escape(s) { gsub(/\\/, "\\e", s); gsub(/-/, "\\-", s); sub(/^[.']/, "\\\\\\&&", s); return s }
function summarise(line) { sub(/^probe /, "", line); sub(/^[^ ]+ +\\- +/, "", line); return line }
/^\/\*\* .*\*\// {
	arguments = text = ""; line = $0; sub(/^\/\*\* */, "", line); sub(/ *\*\/.*/, "", line)
	summary = summarise(escape(line)); documented = 1; next
}
/^\/\*\*/ { inside = 1; summary = arguments = text = ""; next }
inside && /\*\// { inside = 0; documented = summary != ""; next }
inside {
	line = $0; sub(/^ \* ?/, "", line)
	line = escape(line)
	if (summary == "") summary = summarise(line)
	else if (line ~ /^@/) { name = line; sub(/:.*/, "", name); sub(/^[^:]*: */, "", line); arguments = arguments ".TP\n.I " substr(name, 2) "\n" line "\n" }
	else if (line !~ /^ *$/) text = text line "\n"
	next
}
documented && /^(private )?function / {
	signature = $0; sub(/ *[{%].*/, "", signature)
	name = signature; sub(/^(private )?function +/, "", name); sub(/[:( ].*/, "", name)
	if (name !~ /^__/) page("function", name, escape(signature))
	documented = 0
}
documented && /^probe / {
	name = $2; page("probe", name, escape("probe " name)); documented = 0
	if (name ~ /^syscall\.[^.]+$/) return_page(name)
}
/^[^ \t*\/]/ && !/^(private )?(function|probe) / { documented = 0 }
