/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * traffic: small TCP and UDP exchanges over IPv4 and IPv6 on loopback, all by one
 * process, for demonstrations and tests.
 *
 *	traffic [-r ROUNDS] [-i MILLISECONDS] [-b BYTES] [-p PORT]
 *
 * A round is one datagram and one TCP connection that carries one message, over either
 * protocol family; PORT (default 7777) and PORT + 1 are the destinations of UDP and TCP.
 * Prints "PROTOCOL ADDRESS PORT BYTES" for every message with -v.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct settings {
	int rounds, interval_ms, bytes, port;
	bool verbose;
};

/* One kind of exchange and its standing receiver. */
struct exchange {
	const char *name, *address;
	int family, type, port_offset;
	int receiver;
};

static struct exchange exchanges[] = {
	{ "UDP", "127.0.0.1", AF_INET, SOCK_DGRAM, 0, -1 },
	{ "UDP", "::1", AF_INET6, SOCK_DGRAM, 0, -1 },
	{ "TCP", "127.0.0.1", AF_INET, SOCK_STREAM, 1, -1 },
	{ "TCP", "::1", AF_INET6, SOCK_STREAM, 1, -1 },
};

static char message[65536];

static _Noreturn void die(const char *what)
{
	perror(what);
	exit(1);
}

static socklen_t fill_address(const struct exchange *x, int port, struct sockaddr_storage *storage)
{
	struct sockaddr_in *v4 = (struct sockaddr_in *)storage;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)storage;

	memset(storage, 0, sizeof *storage);
	storage->ss_family = x->family;
	if (x->family == AF_INET) {
		v4->sin_port = htons(port + x->port_offset);
		inet_pton(AF_INET, x->address, &v4->sin_addr);
		return sizeof *v4;
	}
	v6->sin6_port = htons(port + x->port_offset);
	inet_pton(AF_INET6, x->address, &v6->sin6_addr);
	return sizeof *v6;
}

static void open_receiver(struct exchange *x, const struct settings *s)
{
	struct sockaddr_storage address;
	socklen_t len = fill_address(x, s->port, &address);
	int on = 1;

	x->receiver = socket(x->family, x->type, 0);
	if (x->receiver < 0)
		die("socket");
	setsockopt(x->receiver, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (x->family == AF_INET6)
		setsockopt(x->receiver, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
	if (bind(x->receiver, (struct sockaddr *)&address, len) < 0)
		die("bind");
	if (x->type == SOCK_STREAM && listen(x->receiver, 8) < 0)
		die("listen");
}

/* On loopback a connection is complete before anybody accepts it: no second process needed. */
static void exchange_once(const struct exchange *x, const struct settings *s)
{
	static char received[sizeof message];
	struct sockaddr_storage address;
	socklen_t len = fill_address(x, s->port, &address);
	int sender = socket(x->family, x->type, 0), peer = x->receiver;

	if (sender < 0 || connect(sender, (struct sockaddr *)&address, len) < 0)
		die("connect");
	if (send(sender, message, s->bytes, 0) != s->bytes)
		die("send");
	if (x->type == SOCK_STREAM)
		peer = accept(x->receiver, NULL, NULL);
	if (recv(peer, received, s->bytes, MSG_WAITALL) != s->bytes)
		die("recv");
	close(sender);
	if (peer != x->receiver)
		close(peer);
	if (s->verbose)
		printf("%s %s %d %d\n", x->name, x->address, s->port + x->port_offset, s->bytes);
}

static bool parse(int argc, char **argv, struct settings *s)
{
	int option;

	while ((option = getopt(argc, argv, "r:i:b:p:v")) != -1) {
		switch (option) {
		case 'r': s->rounds = atoi(optarg); break;
		case 'i': s->interval_ms = atoi(optarg); break;
		case 'b': s->bytes = atoi(optarg); break;
		case 'p': s->port = atoi(optarg); break;
		case 'v': s->verbose = true; break;
		default: return false;
		}
	}
	return optind == argc && s->bytes > 0 && s->bytes <= 60000;
}

int main(int argc, char **argv)
{
	struct settings s = { .rounds = 10, .interval_ms = 500, .bytes = 100, .port = 7777 };
	const int kinds = sizeof exchanges / sizeof exchanges[0];

	if (!parse(argc, argv, &s)) {
		fputs("usage: traffic [-v] [-r ROUNDS] [-i MILLISECONDS] [-b BYTES] [-p PORT]\n", stderr);
		return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	for (int i = 0; i < kinds; i++)
		open_receiver(&exchanges[i], &s);
	for (int round = 0; round < s.rounds; round++) {
		for (int i = 0; i < kinds; i++)
			exchange_once(&exchanges[i], &s);
		usleep(1000 * s.interval_ms);
	}
	return 0;
}
