# SPDX-License-Identifier: GPL-2.0-or-later
#
# What tcpdump -nn -v prints, in the form of examples/network/net.stp: a line for each TCP or UDP packet.

use strict;
use warnings;

my $length;

while (<>) {
	if (/ IP \(.* proto (?:TCP|UDP) .* length (\d+)\)/) {
		$length = $1;
	} elsif (/ IP6 \(.*next-header (?:TCP|UDP) .*payload length:? (\d+)\)/) {
		$length = $1 + 40;
	} elsif (/^\d/) {
		undef $length;
	}
	next unless defined $length && /(\S+)\.\d+ > (\S+)\.(\d+):/;
	print "Source IP: $1 | Destination IP: $2 | Port: $3 | Packet Size: $length bytes\n";
	undef $length;
}
