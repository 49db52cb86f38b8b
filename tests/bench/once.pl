# Runs a command once and prints what it took: milliseconds of wall time, milliseconds of CPU time, KiB of memory.
#
# The kernel's own account of ended children is exact where looking into /proc while a command runs is not: one of
# Switchyard's takes ten milliseconds. It counts children's children as well, so the CPU time of `docker compose` is
# that of docker and its plugin. The memory is the peak of the largest process, not their sum, which is the plugin's
# alone: the peer's favour. Perl is on every Debian machine, and starts the command from a process of a few MiB; one
# started by Node would be charged with Node's own peak.
use strict;
use warnings;
use POSIX ();

my $machine = (POSIX::uname())[4];
my %numbers = (x86_64 => [228, 98], aarch64 => [113, 165]);
my ($clock_gettime, $getrusage) = @{ $numbers{$machine} || die "no system call numbers for $machine\n" };

sub now {
    my $time = "\0" x 16;
    syscall($clock_gettime, 1, $time) == 0 or die "clock_gettime: $!\n";
    my ($seconds, $nanos) = unpack "q2", $time;
    return $seconds * 1e3 + $nanos / 1e6;
}

my $begun = now();
my $child = fork;
defined $child or die "fork: $!\n";
if ($child == 0) {
    open STDOUT, ">", "/dev/null" or POSIX::_exit(126);
    exec { $ARGV[0] } @ARGV or POSIX::_exit(127);
}
waitpid $child, 0;
my $wall = now() - $begun;
my $code = $? & 127 ? 128 + ($? & 127) : $? >> 8;
my $usage = "\0" x 144;
syscall($getrusage, -1, $usage) == 0 or die "getrusage: $!\n";
my ($user, $user_micros, $system, $system_micros, $peak) = unpack "q5", $usage;
printf "%.3f %.3f %d\n", $wall, ($user + $system) * 1e3 + ($user_micros + $system_micros) / 1e3, $peak;
exit $code;
