# A packet through a VLAN on a bridge is one line of the machine that sends and one of the machine
# that receives it; what was cut to fragments shows the port of the first.

. $TESTSUITE/vm/net/capture.inc
module=$MODULES/vmtest_net_whole.ko

modprobe veth && modprobe bridge && modprobe 8021q || { echo "no virtual devices in this kernel"; exit 77; }
ip netns add peer
ip link add left type veth peer name right netns peer
ip link add bridge0 type bridge
ip link set left master bridge0 up
ip link set bridge0 up
ip link add link bridge0 name vlan5 type vlan id 5
ip addr add 10.5.0.1/24 dev vlan5
ip link set vlan5 up
ip -n peer link set right up
ip -n peer link set lo up
ip -n peer link add link right name vlan5 type vlan id 5
ip -n peer addr add 10.5.0.2/24 dev vlan5
ip -n peer link set vlan5 up

cat >receive.pl <<'PERL'
use IO::Socket::INET;
my $udp = IO::Socket::INET->new(Proto => 'udp', LocalPort => 5000) or die;
$| = 1;
while ($udp->recv(my $text, 4000)) { print "$text\n"; }
PERL
ip netns exec peer perl receive.pl >received & receiver=$!
cat >send.pl <<'PERL'
use IO::Socket::INET;
my $udp = IO::Socket::INET->new(Proto => 'udp', PeerAddr => '10.5.0.2', PeerPort => 5000) or die;
$udp->send($_) for @ARGV;
PERL
until grep -q hello received; do perl send.pl hello; sleep 0.2; done

watch output
perl send.pl $(printf '%0100d %03000d' 1 2)
sleep 1
kill -INT $staprun
kill $receiver
wait $staprun

cat >expected <<'LINES'
      2 Source IP: 10.5.0.1 | Destination IP: 10.5.0.2 | Port: 5000 | Packet Size: 128 bytes
      4 Source IP: 10.5.0.1 | Destination IP: 10.5.0.2 | Port: 5000 | Packet Size: 1500 bytes
      2 Source IP: 10.5.0.1 | Destination IP: 10.5.0.2 | Port: 5000 | Packet Size: 68 bytes
LINES
grep -v 'Port: 6999 ' output | sort | uniq -c | diff expected -
