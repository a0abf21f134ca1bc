/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Makes as many calls of getppid() as are asked for, in two processes, while staprun (argv[1]) is stopped for a while. */
#include <signal.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	pid_t reader = atoi(argv[1]);
	long calls = argc > 2 ? atol(argv[2]) : 0;

	kill(reader, SIGSTOP);
	for (int i = 0; i < 2; i++)
		if (!fork()) {
			while (calls--)
				syscall(SYS_getppid);
			_exit(0);
		}
	wait(NULL);
	kill(reader, SIGCONT);
	wait(NULL);
	return 0;
}
