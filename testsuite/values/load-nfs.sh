# The kernel's NFS server and client on one machine, without their programs in user space.
ip link set lo up
modprobe -a nfsd nfsv3 nfsv4 || exit 0
mkdir -p /tmp/export /tmp/v3 /tmp/v4 /var/lib/nfs/v4recovery
mount -t tmpfs none /tmp/export
mount -t nfsd none /proc/fs/nfsd
perl $TESTSUITE/values/rpcd.pl
echo 10 > /proc/fs/nfsd/nfsv4gracetime; echo 10 > /proc/fs/nfsd/nfsv4leasetime
perl -MSocket -e 'socket S, AF_INET, SOCK_STREAM, 6; bind S, pack_sockaddr_in(2049, INADDR_ANY) or die; listen S, 10;
	open P, ">/proc/fs/nfsd/portlist" or die; syswrite P, fileno S or die "$!"'
echo 2 > /proc/fs/nfsd/threads
t=$(($(date +%s) + 3600))
printf 'nfsd 127.0.0.1 %d *\n' $t > /proc/net/rpc/auth.unix.ip/channel
printf '* /tmp/export %d 9218 65534 65534 0\n' $t > /proc/net/rpc/nfsd.export/channel
printf '* 1 \\x00000000 %d /tmp/export\n' $t > /proc/net/rpc/nfsd.fh/channel
printf '0 %d 0 \n' $t > /proc/net/rpc/auth.unix.gid/channel
echo Y > /proc/fs/nfsd/v4_end_grace
use() {
	mount -i -t $2 -o addr=127.0.0.1,proto=tcp,$3 127.0.0.1:$4 $1 || return
	cd $1
	echo hello > file; cat file; ls -l >/dev/null; ln -s file l; readlink l; ln file h; mv file file2; chmod 600 file2
	mkfifo p; mkdir d; rmdir d; echo more >> file2; df . >/dev/null; dd if=/dev/zero of=big bs=64k count=4 conv=fsync 2>/dev/null
	perl -e 'open F, "+<", "file2"; flock F, 2; truncate F, 3; utime 1, 2, "file2"'
	echo 3 > /proc/sys/vm/drop_caches; cat big file2 >/dev/null; rm -f p l h file2 big
	cd /; umount $1
}
use /tmp/v4 nfs4 clientaddr=127.0.0.1,vers=4.2 /
use /tmp/v3 nfs vers=3,mountproto=tcp,mountport=111,port=2049,mountaddr=127.0.0.1,nolock /tmp/export
echo 0 > /proc/fs/nfsd/threads
