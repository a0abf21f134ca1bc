# Files on a loop device and on a disk in memory that completes bios itself, and a SCSI disk.
modprobe brd rd_nr=1 2>/dev/null
modprobe -a loop ext4 vfat 2>/dev/null
dd if=/dev/zero of=image bs=1M count=4 2>/dev/null
losetup /dev/loop0 image
mkfs.ext4 -q -O ^has_journal /dev/loop0
mkdir -p disk fat
mount /dev/loop0 disk
dd if=/dev/zero of=disk/file bs=64k count=8 conv=fsync 2>/dev/null
echo 3 >/proc/sys/vm/drop_caches
cat disk/file >/dev/null
use_files() {
	perl -e '
	open F, "+>", "$ARGV[0]/small" or die "$ARGV[0]/small: $!";
	syswrite F, "x" x 100; sysseek F, 10, 0; sysread F, $b, 200;
	# writev, readv, sendfile, mmap with a write to it, lseek, fsync
	my ($one, $two) = ("ab", "cde");
	my $vector = pack "P Q P Q", $one, 2, $two, 3;
	sysseek F, 0, 0; syscall 20, fileno F, $vector, 2; sysseek F, 0, 0; syscall 19, fileno F, $vector, 2;
	syscall 40, fileno F, fileno F, 0, 2;
	my $address = syscall 9, 0, 4096, 3, 1, fileno F, 0;
	sysseek F, 0, 0; syscall 0, fileno F, $address, 3;
	syscall 74, fileno F;
	truncate F, 5; close F; unlink "$ARGV[0]/small"' $1
}
use_files disk
mkfs.ext4 -q -O ^has_journal /dev/ram0 2048 && mount /dev/ram0 fat && use_files fat && umount fat
echo 1 >/proc/sys/vm/compact_memory
umount disk
losetup -d /dev/loop0
# Only now: what the search for partitions ends, it ends in the kernel threads that serve the loop device too,
# and only the first hits of a command name are printed.
modprobe -a sd_mod scsi_debug 2>/dev/null
n=0
while [ $n -lt 50 ]; do
	disk=$(ls -d /sys/bus/pseudo/drivers/scsi_debug/adapter*/host*/target*/*/block/* 2>/dev/null | sed 's,.*/,,; q')
	[ -b "/dev/$disk" ] && break
	[ -d /sys/bus/pseudo/drivers/scsi_debug ] || break
	sleep .1
	n=$((n + 1))
done
if [ -b "/dev/$disk" ]; then
	dd if=image of=/dev/$disk bs=64k count=4 conv=fsync 2>/dev/null
	dd if=/dev/$disk of=/dev/null bs=64k count=4 iflag=direct 2>/dev/null
fi
