// SPDX-License-Identifier: GPL-2.0-or-later
/* Functions with variables of many kinds, in many kinds of places. */
#include <linux/module.h>
#include <linux/percpu.h>
#include <linux/slab.h>
#include <linux/string.h>

enum colour { RED, GREEN = 5, BLUE = -1 };

struct inner {
	int a, b;
};

struct outer {
	char tag;
	signed char small;
	unsigned short half;
	bool flag;
	enum colour colour;
	unsigned low:3, mid:7, high:22;
	int negative:5;
	u64 wide:40, rest:24;
	union {
		u32 word;
		u8 bytes[4];
	};
	struct {
		int hidden;
		struct { int deeper; };
	};
	struct inner pair;
	struct inner list[3];
	int numbers[8];
	const char *text;
	char buffer[16];
	struct outer *next;
	int (*call)(int);
	void *nothing;
	u8 raw[4];
	int tail[];
};

struct two { long x, y; };
struct narrow { unsigned low:3, mid:7, high:22; };
struct mixed { int i; short s; char c; };
struct big { long v[5]; };

struct outer *vt_global;
static int vt_counter = 41;
int vt_shared = 7;
static struct two vt_pair = { 100, -200 };
DEFINE_PER_CPU(int, vt_percpu) = 3;
static const char vt_message[] = "a module's text";

static noinline int vt_callback(int v)
{
	return v * 2;
}

noinline int vt_scalars(bool b, char c, signed char sc, unsigned short us, int i, unsigned int u, long l, u64 x)
{
	vt_counter += b + c + sc + us;
	return i + (int)u + (int)l + (int)x;
}

noinline struct outer *vt_structure(struct outer *o, const char *name)
{
	o->numbers[0]++;
	return o->next ? o->next : o;
}

noinline long vt_by_value(struct two t, struct mixed m, struct big b)
{
	return t.x + t.y + m.i + m.s + m.c + b.v[0] + b.v[4] + READ_ONCE(vt_shared);
}

noinline struct two vt_returns_two(long v)
{
	return (struct two){ v, v + READ_ONCE(vt_shared) };
}

noinline struct big vt_returns_big(long v)
{
	struct big b = { { v, v, v, v, READ_ONCE(vt_shared) } };

	return b;
}

noinline void vt_void(int ignored)
{
	vt_counter += READ_ONCE(vt_shared);
}

noinline signed char vt_negative(short s)
{
	return (signed char)-s - READ_ONCE(vt_shared);
}

noinline int vt_sink(long v)
{
	return READ_ONCE(vt_shared) + (int)v;
}

/* `first` is dead after the first call, only its entry value remains; `kept` lives on. */
noinline int vt_entry_value(long first, long second, long kept)
{
	int sum = vt_sink(first);

	sum += vt_sink(second);
	sum += vt_sink(sum);
	return sum + (int)kept;
}

static __always_inline int vt_inlined(int factor, struct outer *what)
{
	int product = factor * what->pair.a;

	vt_sink(product);
	return product + vt_shared;
}

/* What `gone` was is told by a value at the entry of the function around. */
static __always_inline int vt_ignoring(long gone, int used)
{
	return vt_sink(used);
}

noinline int vt_around(long gone, int kept)
{
	int sum = vt_sink(kept);

	return vt_ignoring(gone, sum) + sum;
}

/* `p` points to a structure that is never in memory, `pp` to that pointer. */
static __always_inline int vt_through(struct two *p, struct two **pp, int *spare)
{
	int sum = vt_sink(p->x);

	p->y += sum;
	sum += vt_sink((*pp)->y);
	return sum + vt_sink(*spare);
}

noinline int vt_pointed(long a, long b)
{
	struct two local = { a + 1, b + 2 }, *pointer = &local;
	int third = vt_sink(4) + 30;

	return vt_through(&local, &pointer, &third);
}

/* Bit fields in several registers. */
static __always_inline int vt_through_bits(struct narrow *n)
{
	int sum = vt_sink(n->low);

	sum += vt_sink(n->mid);
	return sum + vt_sink(n->high + sum);
}

noinline int vt_narrow(int low, int mid)
{
	struct narrow local = { .low = low & 7, .mid = mid & 127, .high = 1000 };
	int sum = vt_sink(1);

	local.high += sum;
	return vt_through_bits(&local) + local.low;
}

noinline int vt_locals(struct outer *o, int count)
{
	int sum = 0, constant = 77, i;
	struct two split = { count, count * 2 };
	struct inner on_stack = { count, -count };
	char word[8] = "local";
	struct inner *pointer = &on_stack;

	for (i = 0; i < count; i++) {
		int square = i * i;

		sum += vt_sink(square) + split.x;
		if (sum > 1000000)
			goto out;
	}
	barrier_data(pointer);		/* both really are in memory */
	barrier_data(word);
	sum += vt_inlined(3, o) + constant;
	{
		int sum = vt_sink(split.y);

		vt_sink(sum);
	}
out:
	vt_sink(sum);
	return sum + on_stack.b;
}

noinline int vt_recursive(int depth)
{
	static int deepest;
	int below;

	if (depth == 0)
		return 0;
	below = vt_recursive(depth - 1);
	deepest = max(deepest, below);
	vt_sink(deepest);
	return below + depth;
}

static struct outer *make_outer(void)
{
	struct outer *o = kzalloc(sizeof(*o) + 3 * sizeof(int), GFP_KERNEL);
	int i;

	if (!o)
		return NULL;
	o->tag = 'T';
	o->small = -3;
	o->half = 65535;
	o->flag = true;
	o->colour = GREEN;
	o->low = 5;
	o->mid = 100;
	o->high = 4000000;
	o->negative = -7;
	o->wide = 0x123456789aULL;
	o->rest = 0xabcdef;
	o->word = 0x04030201;
	o->hidden = 11;
	o->deeper = 12;
	o->pair = (struct inner){ 21, 22 };
	for (i = 0; i < 3; i++)
		o->list[i] = (struct inner){ i, i * 10 }, o->tail[i] = 1000 + i;
	for (i = 0; i < 8; i++)
		o->numbers[i] = i + 1;
	o->text = "outer \"text\"\n";
	strscpy(o->buffer, "buffer", sizeof(o->buffer));
	o->call = vt_callback;
	o->raw[3] = 9;
	return o;
}

static int vt_go(const char *value, const struct kernel_param *kp)
{
	struct big b = { { 1, 2, 3, 4, 5 } };
	struct mixed m = { -9, -8, 'm' };

	vt_scalars(true, 'c', -5, 60000, -70000, 3000000000u, -5000000000L, 1ULL << 63);
	vt_structure(vt_global, vt_message);
	vt_by_value(vt_pair, m, b);
	vt_counter += vt_returns_two(6).y + vt_returns_big(8).v[4];
	vt_void(1);
	vt_negative(100);
	vt_entry_value(111, 222, 333);
	vt_around(444, 5);
	vt_pointed(50, 60);
	vt_narrow(5, -1);
	vt_locals(vt_global, 3);
	vt_recursive(3);
	__this_cpu_inc(vt_percpu);
	return vt_global->call(1) > 0 ? 0 : -EINVAL;
}

static const struct kernel_param_ops vt_ops = { .set = vt_go };
module_param_cb(go, &vt_ops, NULL, 0200);

static int __init vt_init(void)
{
	vt_global = make_outer();
	if (vt_global)
		vt_global->next = make_outer();
	return vt_global && vt_global->next ? 0 : -ENOMEM;
}

static void __exit vt_exit(void)
{
	kfree(vt_global->next);
	kfree(vt_global);
}

module_init(vt_init);
module_exit(vt_exit);
MODULE_LICENSE("GPL");
