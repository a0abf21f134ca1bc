/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Threads that fight for the lock of their mappings, and sleep for it. */
#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>

#define THREADS 6

static time_t end;

static void *fight(void *unused)
{
	while (time(NULL) < end) {
		char *pages = mmap(NULL, 16 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		for (int i = 0; pages != MAP_FAILED && i < 16; i++)
			pages[i * 4096] = 1;
		munmap(pages, 16 * 4096);
	}
	return unused;
}

int main(int argc, char **argv)
{
	pthread_t threads[THREADS];

	end = time(NULL) + (argc > 1 ? atoi(argv[1]) : 2);
	for (int i = 0; i < THREADS; i++)
		pthread_create(&threads[i], NULL, fight, NULL);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	return 0;
}
