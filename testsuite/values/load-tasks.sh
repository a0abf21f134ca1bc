# Processes that start, signal each other, and end; memory; a terminal.
perl -e '
$SIG{USR1} = $SIG{ALRM} = sub {};
fork or exit 3; wait;
kill USR1 => $$;
my $child = fork; if (!$child) { sleep 100 } kill KILL => $child; wait;
if (!fork) { kill SEGV => $$; sleep 1 } wait;
setpgrp; kill USR1 => -$$;
setpriority 0, 0, 5;
# sched_setaffinity, sched_yield, tkill, tgkill, rt_sigqueueinfo, rt_sigpending, rt_sigprocmask
my $mask = pack "Q", 1; syscall 203, 0, 8, $mask; syscall 24;
syscall 200, $$, 10; syscall 234, $$, $$, 10;
my $set = pack "Q", 1 << 11; my $pending = pack "Q", 0;
syscall 14, 0, $set, 0, 8; my $info = pack "i i i x116", 12, 0, -1; syscall 129, $$, 12, $info; syscall 127, $pending, 8;
$SIG{USR2} = sub {}; syscall 14, 1, $set, 0, 8;
alarm 1; sleep 2;
my $memory = "x" x (20 << 20);
'
perl -e '
open M, "+<", "/dev/ptmx" or die;
my $number = pack "i", 0; my $unlock = pack "i", 0;
ioctl M, 0x40045431, $unlock; ioctl M, 0x80045430, $number;
open S, "+<", "/dev/pts/" . unpack "i", $number or die;
syswrite S, "hello\n"; sysread M, $b, 10; syswrite M, "in\n"; sysread S, $b, 10;
my $size = pack "S4", 30, 90, 1, 2; ioctl M, 0x5414, $size;
my ($in, $out) = ("", ""); vec($in, fileno S, 1) = 1; select $in, undef, undef, 0.1;
close S; close M'
perl -e 'open A, ">", "/proc/self/oom_score_adj"; print A 1000; close A; my $memory = "x" x (30 << 20); sleep 20' &
sleep 1
echo f >/proc/sysrq-trigger
wait
