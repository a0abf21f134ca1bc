# Port mapper and mount daemon that agree to everything: what the kernel asks of user space for NFS.
use strict; use warnings;
use Socket; use IO::Select;
socket(my $tcp, AF_INET, SOCK_STREAM, 6) or die "socket: $!\n";
setsockopt($tcp, SOL_SOCKET, SO_REUSEADDR, 1);
bind($tcp, pack_sockaddr_in(111, INADDR_LOOPBACK)) or die "bind: $!\n";
unlink '/run/rpcbind.sock';
socket(my $unix, AF_UNIX, SOCK_STREAM, 0) or die "socket: $!\n";
bind($unix, pack_sockaddr_un('/run/rpcbind.sock')) or die "bind: $!\n";
listen $_, 10 for $tcp, $unix;
exit 0 if fork;
my $readable = IO::Select->new($tcp, $unix);
for (;;) {
	for my $socket ($readable->can_read) {
		if ($socket == $tcp || $socket == $unix) {
			accept my $new, $socket or next;
			$readable->add($new);
			next;
		}
		if (!sysread $socket, my $call, 4096) { $readable->remove($socket); close $socket; next; }
		else {
		my ($mark, $xid, $type, $version, $program, $v, $procedure) = unpack 'N7', $call;
		my $result = !$procedure ? '' : $program == 100000 ? pack('N', 1) :
			$procedure == 1 ? pack('N2 a8 N2', 0, 8, "\1\0\1\0\0\0\0\0", 1, 1) : '';
		my $reply = pack('N6', $xid, 1, 0, 0, 0, 0) . $result;
		syswrite $socket, pack('N', 0x80000000 | length $reply) . $reply; }
	}
}
