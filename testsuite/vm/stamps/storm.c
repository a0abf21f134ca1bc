/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Four processes that call getppid() without end until the process that started them is gone. */
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(void)
{
	pid_t first = getpid();

	for (int i = 0; i < 4; i++)
		if (!fork()) {
			alarm(20);
			while (syscall(SYS_getppid) == first)
				;
			return 0;
		}
	pause();
	return 0;
}
