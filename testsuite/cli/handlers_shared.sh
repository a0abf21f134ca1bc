# Handlers that mean the same are resolved once for many probes: each probe of a pattern has the handler that it has alone.
[ -n "$SYSTEMTAP_RELEASE" ] || { echo no kernel to boot is installed; exit 77; }
"$STAP" -r "$SYSTEMTAP_RELEASE" -l 'module("[bcx]*").function("*_file_open")' >modules 2>err || : >modules
"$STAP" -r "$SYSTEMTAP_RELEASE" -l 'kernel.function("*_file_open")' >kernel 2>err ||
	{ echo "the kernel's types are not known"; exit 77; }
set -e

# POINT...: each with the text of its handler, in which handlers have no numbers.
handlers() {
	"$STAP" -w -p3 -r "$SYSTEMTAP_RELEASE" -e "probe $1
{ $handler }" >unit.c
	perl -0777 -ne '
		my %text = /^(?:static void|struct) (probe_\d+)\b[^\n;]*\n?(\{.*?^\}.*?)$/msg;
		$text{$1} .= $2 while /^static void (probe_\d+_entry)\b[^\n;]*\n(\{.*?^\})/msg;
		while (/\.handler = (probe_\d+),.*?\.name = "(.*?)",?\n/sg) {
			my ($text, $name) = ($text{$1} . ($text{"$1_entry"} // ""), $2);
			$text =~ s/probe_\d+/probe_N/g;
			print "$name: ", $text =~ s/\s+/ /gr, "\n";
		}' unit.c
}

compare() {
	suffix=$1 handler=$2
	handlers "kernel.function(\"*_file_open\")$suffix, module(\"[bcx]*\").function(\"*_file_open\")$suffix ?" |
		sort >together
	cat kernel modules | while read -r point; do
		handlers "$point$suffix"
	done | sort >alone
	[ -s together ]
	cmp together alone || { diff together alone | head -4 | cut -c1-1000; exit 1; }
}

compare '' 'println($$parms$, @defined($file) ? $file : 1)'
compare .return 'println($$vars, $$return, @entry(pid()))'
# The module that names are looked up in.
compare '' 'println(@defined(@cast(0, "xfs_inode")->i_ino), @defined($XFS_DINODE_FMT_EXTENTS))'
