# Exchanges over IPv4 and IPv6 on loopback; two neighbours behind a bridge that also routes.
cat >talk.pl <<'P'
use IO::Socket::IP;
use Socket qw(:all);
my $nowhere = pack "S x26", 0;
for my $host ("127.0.0.1", "::1") {
	my $server = IO::Socket::IP->new(Listen => 1, LocalHost => $host, LocalPort => 4711, ReuseAddr => 1, Type => SOCK_STREAM) or die "$host: $@";
	my $client = IO::Socket::IP->new(PeerHost => $host, PeerPort => 4711, Type => SOCK_STREAM) or die "$host: $@";
	my $other = $server->accept;
	setsockopt($client, IPPROTO_TCP, TCP_NODELAY, 1);
	setsockopt($client, IPPROTO_IPV6, IPV6_V6ONLY, 1);
	syswrite $client, "hello"; sysread $other, my $text, 100;
	syswrite $other, "never read"; setsockopt($client, SOL_SOCKET, SO_LINGER, pack "ii", 1, 0);
	syscall 42, fileno $other, $nowhere, 28;
	close $client; close $other;
	IO::Socket::IP->new(PeerHost => $host, PeerPort => 4712, Type => SOCK_STREAM);
	my $receiver = IO::Socket::IP->new(LocalHost => $host, LocalPort => 4712, Type => SOCK_DGRAM);
	my $sender = IO::Socket::IP->new(PeerHost => $host, PeerPort => 4712, Type => SOCK_DGRAM);
	syswrite $sender, "udp"; sysread $receiver, $text, 100;
	syscall 42, fileno $sender, $nowhere, 28;
}
# a socket as a file, in pieces, and with sendmsg
socketpair my $a, my $b, AF_UNIX, SOCK_STREAM, 0;
my ($one, $two) = ("ab", "cde");
my $vector = pack "P Q P Q", $one, 2, $two, 3;
syscall 20, fileno $a, $vector, 2; syscall 19, fileno $b, $vector, 2;
send $a, "x", 0; recv $b, my $text, 1, 0;
# more connections than the server wants
socket my $full, AF_INET, SOCK_STREAM, 0; bind $full, pack_sockaddr_in(4713, INADDR_LOOPBACK); listen $full, 0;
for (1 .. 4) { socket my $s, AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0; push @all, $s; connect $s, pack_sockaddr_in(4713, INADDR_LOOPBACK) }
P
cat >far.pl <<'P'
use Socket qw(:all);
sub udp { my ($to, $bytes, $family, $fragments) = @_; socket my $s, $family // AF_INET, SOCK_DGRAM, 0;
	setsockopt($s, IPPROTO_IP, 10, 0) if $fragments; send $s, "x" x $bytes, 0, $to; return $s }
sub v4 { pack_sockaddr_in(9, inet_aton($_[0])) }
udp(v4("10.9.0.3"), 10); udp(v4("10.9.9.7"), 10); udp(v4("10.99.0.1"), 10);
udp(v4("10.9.0.2"), 3000); udp(v4("10.9.9.7"), 1350, AF_INET, 1); udp(v4("10.9.9.7"), 1350);
udp(pack_sockaddr_in6(9, inet_pton(AF_INET6, "fd0a::7")), 10, AF_INET6);
socket my $raw, AF_INET, SOCK_RAW, 253; send $raw, "x", 0, v4("10.9.0.2");
# what answers is lost
socket my $lost, AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0; bind $lost, pack_sockaddr_in(0, inet_aton("10.9.0.77")); connect $lost, pack_sockaddr_in(4711, inet_aton("10.9.0.2"));
select undef, undef, undef, 1.3;
P
ip link set lo up
ip netns add a
ip netns add d
ip link add va type veth peer name vb
ip link add vd type veth peer name vc
ip link add bridge0 type bridge
ip link add dummy0 type dummy
ip link set vb master bridge0
ip link set vc master bridge0
ip link set va address 02:00:00:00:00:01 mtu 1400
ip link set va promisc on
ip link set va promisc off
ip link set dummy0 mtu 1280
ip link set va netns a
ip link set vd netns d
ip -n a addr add 10.9.0.1/24 dev va
ip -n d addr add 10.9.0.3/24 dev vd
ip -n a addr add fd09::1/64 dev va nodad
ip addr add 10.9.0.2/24 dev bridge0
ip addr add fd09::2/64 dev bridge0 nodad
ip addr add 10.9.9.1/24 dev dummy0
ip addr add fd0a::1/64 dev dummy0 nodad
for device in vb vc bridge0 dummy0; do ip link set $device up; done
ip -n a link set va up
ip -n d link set vd up
ip -n a route add default via 10.9.0.2
ip -n a route add default via fd09::2
echo 1 >/proc/sys/net/ipv4/ip_forward
echo 1 >/proc/sys/net/ipv6/conf/all/forwarding
ip -s link show bridge0 >/dev/null
perl talk.pl
ip route add blackhole 10.9.0.77/32
ip -n a addr add 10.9.0.77/24 dev va
ip netns exec a perl far.pl
ip link set bridge0 down
ip link del vb
ip link del bridge0
ip netns del a
ip netns del d
perl -e 'use Socket; socket S, AF_INET, SOCK_DGRAM, 0; my $r = pack "a40", "lo"; ioctl S, 0x8913, $r'
