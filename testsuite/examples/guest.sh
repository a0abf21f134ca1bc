# What the examples find in the guest: loopback, a disk at $DISK, and `work`.

ip link set lo up
modprobe loop
mkdir -p /tmp/disk
DISK=/tmp/disk
export DISK
truncate -s 64M /tmp/disk.image
# Without the orphan file of newer programs, which takes inode 12.
mke2fs -q -t ext4 -O none,has_journal,extent,filetype,dir_index,sparse_super /tmp/disk.image
mount -o loop /tmp/disk.image $DISK
echo text >$DISK/watched		# inode 12
dmesg -C

# Runs one example: name, then staprun's command line.  Starting a program is slow here, what the shell can
# do itself is not.
run() {
	name=$1; shift
	read begun rest </proc/uptime
	timeout -k 10 -s INT 60 "$@" </dev/null >$OUT/$name.out 2>$OUT/$name.err
	echo $? >$OUT/$name.status
	left=
	while read module rest; do
		case $module in example_*) left="$left $module" ;; esac
	done </proc/modules
	[ -z "$left" ] || { echo $left >$OUT/$name.left; rmmod $left 2>>$OUT/$name.left; }
	dmesg -c >$OUT/$name.dmesg
	read ended rest </proc/uptime
	echo $begun $ended >$OUT/$name.times
}
