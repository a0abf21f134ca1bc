# SPDX-License-Identifier: GPL-2.0-or-later
"""A random handler that counts, and what its globals hold after a number of events.

One tree serves for both: text() is the script, Model runs it on Python's own containers.  The
handler's probe is a timer, so its globals are those of a script whose handlers run at any time:
counters and maps per CPU, statistics, arrays behind locks.  A second timer moves one array's
elements to another meanwhile; together they hold the same whenever it comes.  Lines are to be
sorted: unsorted arrays have no order that one may rely on.
"""
import random

EVENTS = 60
NUMBERS = ('x', 'y', 'z')


def wrap(n):
    return (n + 2**63) % 2**64 - 2**63


class Handler:
    def __init__(self, seed):
        self.random = random.Random('events %d' % seed)
        self.factors = [self.random.randrange(1, 1000) for _ in NUMBERS]
        self.sizes = [self.random.choice((1, 2, 3, 7, 40)) for _ in NUMBERS]
        self.body = [self.statement(2) for _ in range(self.random.randrange(3, 9))]
        # Whatever the rest is, each kind is there.
        self.body += [('tally', 'T', ('x',), '+', 1), ('tally', 'U', ('s', 'y'), '-', 'z'), ('moved', 'x'),
                      ('count', 'c', '+', 'y'), ('stat', 'x'), ('stats', 's', 'y'), ('locked', 'y', 'x')]

    def number(self):
        return self.random.choice(NUMBERS + (1, 2, 5))

    def sign(self):
        return self.random.choice('++-')

    def statement(self, depth):
        r = self.random
        kinds = ['tally T', 'tally U', 'count', 'stat', 'stats', 'locked', 'moved', 'delete', 'clear']
        kind = r.choice(kinds + ['if', 'if', 'loop'] * (depth > 0))
        if kind == 'tally T':
            return ('tally', 'T', (r.choice(NUMBERS),), self.sign(), self.number())
        if kind == 'tally U':
            return ('tally', 'U', ('s', r.choice(NUMBERS)), self.sign(), self.number())
        if kind == 'count':
            return ('count', r.choice('cd'), self.sign(), self.number())
        if kind == 'stat':
            return ('stat', self.number())
        if kind == 'stats':
            return ('stats', 's', self.number())
        if kind == 'locked':
            return ('locked', r.choice(NUMBERS), self.number())
        if kind == 'moved':
            return ('moved', r.choice(NUMBERS))
        if kind == 'delete':
            return ('delete', r.choice(NUMBERS))
        if kind == 'clear':
            return ('if', (r.choice(NUMBERS), '==', 4), [('clear', r.choice('TU'))], [])
        inner = [self.statement(depth - 1) for _ in range(r.randrange(1, 3))]
        if kind == 'loop':
            return ('loop', r.randrange(1, 4), inner)
        other = [self.statement(depth - 1)] * r.randrange(2)
        return ('if', (r.choice(NUMBERS), r.choice(('<', '==', '>=')), r.choice(NUMBERS + (2,))), inner, other)


# ---- as text -----------------------------------------------------------------------------------

def statement_text(s):
    kind = s[0]
    if kind == 'tally':
        step = '%s%s' % (s[3], s[3]) if s[4] == 1 else ' %s= %s' % (s[3], s[4])
        return '%s[%s]%s' % (s[1], ', '.join(s[2]), step)
    if kind == 'count':
        return '%s %s= %s' % s[1:]
    if kind == 'stat':
        return 'a <<< %s' % s[1]
    if kind == 'stats':
        return 'b[%s] <<< %s' % s[1:]
    if kind == 'locked':
        return 'L[%s] = L[%s] * 3 + %s' % (s[1], s[1], s[2])
    if kind == 'moved':
        return 'from[%s]++' % s[1]
    if kind == 'delete':
        return 'delete T[%s]' % s[1]
    if kind == 'clear':
        return 'delete %s' % s[1]
    if kind == 'loop':
        body = block_text(s[2])
        i = 'i%d' % body.count('for (')         # loops inside of this one have other variables
        return 'for (%s = 0; %s < %d; %s++) {\n%s\n}' % (i, i, s[1], i, body)
    text = 'if (%s %s %s) {\n%s\n}' % (s[1] + (block_text(s[2]),))
    return text + (' else {\n%s\n}' % block_text(s[3]) if s[3] else '')


def block_text(block):
    return '\n'.join(statement_text(s) for s in block)


# Once an event: the number comes from a timer, or from the head of a probe that knows it.
TIMER = 'probe timer.ms(1)\n{\nif (ticks >= %d) { exit(); next }\nevent = ++ticks\n' % EVENTS


def script_text(h, head=TIMER):
    keys = '\n'.join('%s = event * %d %% %d' % (n, f, s) for n, f, s in zip(NUMBERS, h.factors, h.sizes))
    return ('global ticks, T, U, c = 0, d = 0, a, b, L, from, to\n'
            '%s%s\ns = sprintf("k%%d", x)\n%s\n}\n'
            'probe timer.ms(7) { foreach (k in from) to[k] += from[k]; delete from }\n'
            'probe end\n{\n'
            'foreach (k in from) to[k] += from[k]\n'
            'foreach (k in T) println("T ", k, " ", T[k])\n'
            'foreach ([t, l] in U) println("U ", t, " ", l, " ", U[t, l])\n'
            'println("c ", c, " d ", d, " a ", @count(a), " ", @count(a) ? @sum(a) : 0, " ", @count(a) ? @max(a) : 0)\n'
            'foreach (t in b) println("b ", t, " ", @count(b[t]), " ", @sum(b[t]), " ", @min(b[t]))\n'
            'foreach (k in L) println("L ", k, " ", L[k])\n'
            'foreach (k in to) println("to ", k, " ", to[k])\n}\n' % (head, keys, block_text(h.body)))


# ---- as a model -----------------------------------------------------------------------------------

class Model:
    def __init__(self, handler):
        self.handler = handler
        self.maps = {'T': {}, 'U': {}, 'L': {}, 'to': {}}
        self.counters = {'c': 0, 'd': 0}
        self.values, self.lists = [], {}

    def value(self, e):
        return self.now.get(e, e)

    def add(self, name, key, amount):
        m = self.maps[name]
        m[key] = wrap(m.get(key, 0) + amount)

    def run(self, block):
        for s in block:
            self.step(s)

    def step(self, s):
        kind, value = s[0], self.value
        if kind == 'tally':
            self.add(s[1], tuple(value(k) for k in s[2]), value(s[4]) * (1 if s[3] == '+' else -1))
        elif kind == 'count':
            self.counters[s[1]] += value(s[3]) * (1 if s[2] == '+' else -1)
        elif kind == 'stat':
            self.values.append(value(s[1]))
        elif kind == 'stats':
            self.lists.setdefault(value(s[1]), []).append(value(s[2]))
        elif kind == 'locked':
            key = (value(s[1]),)
            self.maps['L'][key] = wrap(self.maps['L'].get(key, 0) * 3 + value(s[2]))
        elif kind == 'moved':
            self.add('to', (value(s[1]),), 1)
        elif kind == 'delete':
            self.maps['T'].pop((value(s[1]),), None)
        elif kind == 'clear':
            self.maps[s[1]].clear()
        elif kind == 'loop':
            for _ in range(s[1]):
                self.run(s[2])
        else:
            left, right = value(s[1][0]), value(s[1][2])
            yes = {'<': left < right, '==': left == right, '>=': left >= right}[s[1][1]]
            self.run(s[2] if yes else s[3])

    def output(self):
        h = self.handler
        for event in range(1, EVENTS + 1):
            self.now = {n: event * f % s for n, f, s in zip(NUMBERS, h.factors, h.sizes)}
            self.now['s'] = 'k%d' % self.now['x']
            self.run(h.body)
        return ''.join(line + '\n' for line in self.lines())

    def lines(self):
        maps, values = self.maps, self.values
        for name in 'T', 'U':
            for key in maps[name]:
                yield '%s %s %d' % (name, ' '.join(map(str, key)), maps[name][key])
        yield 'c %d d %d a %d %d %d' % (self.counters['c'], self.counters['d'], len(values), sum(values),
                                        max(values, default=0))
        for key in self.lists:
            v = self.lists[key]
            yield 'b %s %d %d %d' % (key, len(v), sum(v), min(v))
        for name in 'L', 'to':
            for key in maps[name]:
                yield '%s %d %d' % (name, key[0], maps[name][key])
