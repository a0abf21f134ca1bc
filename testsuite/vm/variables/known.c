// SPDX-License-Identifier: GPL-2.0-or-later
/* System calls whose arguments and effects are known: the scripts must see them. */
#include <arpa/inet.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

static char buffer[4000], path[] = "?tmp/known-name";

static void use_file(int fd)
{
	struct iovec parts[2] = { { buffer, 11 }, { buffer + 100, 22 } };
	struct stat st;

	fstat(fd, &st);
	printf("inode %lu buffer %lx\n", (unsigned long)st.st_ino, (unsigned long)buffer);
	fflush(stdout);
	write(fd, buffer, 1234);
	lseek(fd, 321, SEEK_SET);
	read(fd, buffer, 555);
	writev(fd, parts, 2);
	ftruncate(fd, 4321);
	fallocate(fd, 0, 17, 9999);
	fchmod(fd, 0604);
}

int main(void)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(4660),
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	pid_t child;
	int fd;

	path[0] = '/';		/* it is in memory now: handlers do not wait for pages */
	unlink(path);
	fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
	dup2(fd, 77);
	use_file(77);
	sendto(socket(AF_INET, SOCK_DGRAM, 0), buffer, 333, 0, (void *)&to, sizeof(to));
	child = fork();
	if (!child)
		_exit(7);
	wait(NULL);
	printf("child %d\n", child);
	return 0;
}
