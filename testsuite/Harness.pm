# SPDX-License-Identifier: GPL-2.0-or-later
#
# What the runners of testsuite/*/run share: where things are, running a command
# with a time limit, comparing, printing TAP, and many modules in one boot of the VM.

package Harness;

use strict;
use warnings;
use Cwd 'abs_path';
use Exporter 'import';
use File::Basename 'dirname';
use File::Path qw(make_path remove_tree);
use POSIX ();
use Text::ParseWords 'shellwords';

our @EXPORT = qw($source $build $work $busy $patience find_tests slurp spew words run_command compile_module
		 vm_release absent_here run_in_vm differences unexpected bad_kernel_lines report skip_all finish);

our $source = abs_path($ENV{srcdir} || dirname(__FILE__) . '/..');
our $build = abs_path($ENV{builddir} || $source);
our $work;		# a folder of this run, made by start()

# Hits that met another handler on their CPU are told, but are no fault: slow machines have more of them.
our $busy = qr/^WARNING: \d+ hits? of probe .* (?:was|were) skipped: another handler/;

# Time limits are for a machine with nothing else to do: where that is not so, they are PATIENCE times as long.
our $patience = ($ENV{PATIENCE} // '') =~ /^([1-9]\d*)$/ ? $1 : 1;

my $stap = $ENV{STAP} || "$build/stap/stap";
my $staprun = $ENV{STAPRUN} || "$build/staprun/staprun";
my $vmrun = "$build/testsuite/vm/vmrun";
my ($count, $failed) = (0, 0);

$| = 1;
$ENV{LC_ALL} = 'C';
$ENV{STAP} = $stap;
$ENV{STAPRUN} = $staprun;
$ENV{VMRUN} = $vmrun;
$ENV{TESTSUITE} = "$source/testsuite";
$ENV{SYSTEMTAP_DIR} = "$build/testsuite/.data";	# the recipe survives, ~/.systemtap is not touched
$ENV{SYSTEMTAP_COLORS} = '';
delete $ENV{$_} for qw(SYSTEMTAP_TAPSET SYSTEMTAP_RUNTIME XDG_DATA_DIRS);
make_path($ENV{SYSTEMTAP_DIR});

# A fresh folder for the files of a run.
sub start {
	my ($name) = @_;

	-x $_ or die "$_ is missing: build first, or set STAP and STAPRUN\n" for $stap, $staprun, $vmrun;
	$work = "$build/testsuite/.work/$name";
	remove_tree($work);
	make_path($work);
}

# ---- files ---------------------------------------------------------------------------

sub slurp {
	my ($path) = @_;

	open my $in, '<', $path or return undef;
	local $/;
	my $text = <$in>;
	return defined $text ? $text : '';
}

sub spew {
	my ($path, $text) = @_;

	open my $out, '>', $path or die "$path: $!\n";
	print $out $text;
	close $out or die "$path: $!\n";
}

# The words of NAME.opts, as a shell would split them.
sub words {
	my ($path) = @_;
	my $text = slurp($path);

	return defined $text ? shellwords(join ' ', split /\n/, $text) : ();
}

# Names (paths under $dir without the suffix) of tests that match one of the patterns, if any.
sub find_tests {
	my ($dir, $suffix, @patterns) = @_;
	my @names = map { s{^\Q$dir\E/}{}; s{\.$suffix$}{}; $_ }
		glob("$dir/*.$suffix"), glob("$dir/*/*.$suffix"), glob("$dir/*/*/*.$suffix");

	if (@patterns) {
		@names = grep { my $name = $_; grep { index($name, $_) >= 0 } @patterns } @names;
	}
	return sort @names;
}

# ---- commands ------------------------------------------------------------------------

# Runs words with files as standard streams, in a session of its own that is killed after a
# while.  Returns the exit status, 128 + N for signal N.
sub run_command {
	my ($seconds, $in, $out, $err, @words) = @_;
	my $pid = fork;

	die "fork: $!\n" unless defined $pid;
	if (!$pid) {
		POSIX::setsid();
		open STDIN, '<', $in or POSIX::_exit(126);
		open STDOUT, '>', $out or POSIX::_exit(126);
		open STDERR, '>', $err or POSIX::_exit(126);
		exec { $words[0] } @words or POSIX::_exit(127);
	}
	local $SIG{ALRM} = sub { kill 'KILL', -$pid };
	alarm $seconds * $patience;
	waitpid $pid, 0;
	alarm 0;
	return $? & 127 ? 128 + ($? & 127) : $? >> 8;
}

# Compiles a script to NAME.ko in the current folder.  Returns '' or what the compiler said.
sub compile_module {
	my ($name, @words) = @_;
	my $status = run_command(120, '/dev/null', "$work/$name.cout", "$work/$name.cerr",
				 $stap, '-p4', '-m', $name, @words);

	return '' if $status == 0 && -e "$name.ko";
	return "compilation failed with status $status\n" . slurp("$work/$name.cerr");
}

# ---- the VM -----------------------------------------------------------------------------

# The release that the VM boots, also the one to compile for; undef without one.
sub vm_release {
	my $release = `$vmrun --print-release 2>/dev/null`;

	chomp $release;
	$ENV{SYSTEMTAP_RELEASE} = $release if $release;
	return $release || undef;
}

# Some tests say what a kernel lacks, "5.10 has no tracepoints of locks": the reason to skip it there, else ''.
sub absent_here {
	my ($note) = @_;
	my ($version) = split ' ', $note;

	return defined $version && $ENV{SYSTEMTAP_RELEASE} =~ /^\Q$version\E\b/ ? "Linux $note" : '';
}

# Boots once and runs a shell script; what it writes to $OUT stays in $work/vm.  Returns
# '' or why the machine ended before the script.
sub run_in_vm {
	my ($seconds, $script, @options) = @_;
	my $dir = "$work/vm";

	make_path($dir);
	spew("$dir/guest.sh", "OUT=/.stap-output\nexport OUT\n$script");
	my $status = run_command($seconds, '/dev/null', "$dir/stdout", "$dir/stderr", $vmrun,
				 '--console', "$dir/console", '--output', $dir, @options, '--',
				 'sh', '/.stap-output/guest.sh');
	return $status == 0 ? '' : "the VM ended with status $status\n" . slurp("$dir/stderr");
}

# Kernel messages that no test may cause; complaints about a slow machine are none.
sub bad_kernel_lines {
	my ($log) = @_;

	return grep { /WARNING: |BUG: |Call Trace:|general protection|Oops/ && !/soft lockup|rcu/i }
		split /\n/, $log // '';
}

# ---- results ------------------------------------------------------------------------------

# Two texts as lines of a unified diff, few of them; nothing when equal.
sub differences {
	my ($what, $expected, $got) = @_;

	return () if $expected eq $got;
	spew("$work/expected", $expected);
	spew("$work/got", $got);
	my @lines = split /\n/, `diff -a -u --label 'expected $what' --label 'actual $what' \\
		'$work/expected' '$work/got' 2>&1`;
	return @lines > 40 ? (@lines[0 .. 39], '...') : @lines;
}

# Patterns, one a line: each must match some line of the text, in this order; with '!' before it,
# no line may match.
sub unexpected {
	my ($patterns, $text) = @_;
	my @lines = split /\n/, $text;
	my @all;

	for my $pattern (split /\n/, $patterns) {
		if ($pattern =~ s/^!//) {
			push @all, map { "forbidden by $pattern: $_" } grep { /$pattern/ } split /\n/, $text;
		} else {
			shift @lines while @lines && $lines[0] !~ /$pattern/;
			push @all, "no line (any more) matches $pattern" unless @lines;
			shift @lines;
		}
	}
	return @all;
}

# One TAP line: no complaints is a pass.  A name with "# SKIP reason" is skipped.
sub report {
	my ($name, @complaints) = @_;

	$count++;
	$failed += @complaints > 0;
	print @complaints ? 'not ok' : 'ok', " $count - $name\n";
	print map { "# $_\n" } map { split /\n/ } @complaints;
}

sub skip_all {
	my ($why) = @_;

	print "1..0 # SKIP $why\n";
	exit 0;
}

sub finish {
	print "1..$count\n";
	exit($failed ? 1 : 0);
}

1;
