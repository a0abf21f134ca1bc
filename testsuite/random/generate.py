# SPDX-License-Identifier: GPL-2.0-or-later
"""Random scripts.

A tree is nested tuples whose first item names the node; evaluate.py knows the same names.
Longs are the globals g0 g1 g2, the handler's x0 x1 x2, a function's p0 y0; strings are s0 s1, t0 t1,
q0 z0; the arrays are A (a long by a long) and B (a string by a string and a long).
Functions 0 and 1 give a long, 2 and 3 a string; each calls only earlier ones.
"""
import random

NUMBERS = [0, 1, 2, 3, 5, -1, 7, 100, 1 << 40, (1 << 63) - 1, -(1 << 63) + 1]
TEXTS = ['', 'a', 'bc', 'zed', '0', '-1', 'x y']
BINARY = ['+', '-', '*', '/', '%', '&', '|', '^', '<<', '>>', '<', '>', '<=', '>=', '==', '!=']
ASSIGN = ['=', '+=', '-=', '*=', '/=', '%=', '&=', '|=', '^=', '<<=', '>>=']
LONG_FUNCTIONS, STRING_FUNCTIONS = (0, 1), (2, 3)


class Generator:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.function = None    # number of the function being made; None: the handler
        self.loops = 0          # loops around this place
        self.counters = 0       # loop variables handed out

    def pick(self, choices):
        return self.random.choice(choices)

    def one_in(self, n):
        return self.random.randrange(n) == 0

    # ---- expressions ----

    def long_names(self):
        return ['g0', 'g1', 'g2'] + (['x0', 'x1', 'x2'] if self.function is None else ['p0', 'y0'])

    def string_names(self):
        return ['s0', 's1'] + (['t0', 't1'] if self.function is None else ['q0', 'z0'])

    def callable(self, functions):
        return [f for f in functions if self.function is None or f < self.function]

    def long_leaf(self):
        if self.one_in(3):
            return ('number', self.pick(NUMBERS + [self.random.randrange(-50, 50)]))
        return ('name', self.pick(self.long_names()))

    def long_target(self, depth):
        return ('A', self.long(depth - 1)) if self.one_in(3) else ('name', self.pick(self.long_names()))

    def string_target(self, depth):
        if self.one_in(3):
            return ('B', self.string(depth - 1), self.long(depth - 1))
        return ('name', self.pick(self.string_names()))

    def long(self, depth):
        if depth <= 0:
            return self.long_leaf()
        d = depth - 1
        functions = self.callable(LONG_FUNCTIONS)
        forms = [
            (7, lambda: ('binary', self.pick(BINARY), self.long(d), self.long(d))),
            (2, lambda: ('lazy', self.pick(['&&', '||']), self.long(d), self.long(d))),
            (1, lambda: ('unary', self.pick(['-', '!', '~']), self.long(d))),
            (1, lambda: ('choice', self.long(d), self.long(d), self.long(d))),
            (2, lambda: ('assign', self.pick(ASSIGN), self.long_target(d), self.long(d))),
            (1, lambda: ('step', self.pick(['++', '--']), self.one_in(2), self.long_target(d))),
            (1, lambda: ('A', self.long(d - 1))),
            (1, lambda: ('in A', self.long(d - 1))),
            (1, lambda: ('in B', self.string(d - 1), self.long(d - 1))),
            (1, lambda: ('compare', self.pick(BINARY[-6:]), self.string(d), self.string(d))),
            (1, lambda: ('strlen', self.string(d))),
            (2 if functions else 0, lambda: ('call', self.pick(functions), self.long(d), self.string(d))),
            (1, self.long_leaf),
        ]
        return self.weighted(forms)

    def string(self, depth):
        if depth <= 0:
            return ('text', self.pick(TEXTS)) if self.one_in(2) else ('name', self.pick(self.string_names()))
        d = depth - 1
        functions = self.callable(STRING_FUNCTIONS)
        forms = [
            (3, lambda: ('concat', self.string(d), self.string(d))),
            (1, lambda: ('sprintf', self.long(d), self.string(d))),
            (1, lambda: ('choice', self.long(d), self.string(d), self.string(d))),
            (2, lambda: self.string_assign(d)),
            (1, lambda: ('B', self.string(d - 1), self.long(d - 1))),
            (2 if functions else 0, lambda: ('call', self.pick(functions), self.long(d), self.string(d))),
            (2, lambda: ('name', self.pick(self.string_names()))),
        ]
        return self.weighted(forms)

    def string_assign(self, depth):
        return ('assign', self.pick(['=', '.=']), self.string_target(depth), self.string(depth))

    def weighted(self, forms):
        n = self.random.randrange(sum(weight for weight, _ in forms))
        for weight, make in forms:
            if n < weight:
                return make()
            n -= weight

    # ---- statements ----

    def block(self, depth):
        return [self.statement(depth) for _ in range(self.random.randrange(1, 4))]

    def print_statement(self):
        return ('print', [self.long(3), self.string(2)])

    def counter(self):
        self.counters += 1
        return 'i%d' % self.counters

    def in_loop(self, make):
        if self.loops >= 2:
            return self.print_statement()
        self.loops += 1
        made = make(self.counter())
        self.loops -= 1
        return made

    def branch(self, depth):
        other = None
        if self.one_in(2):
            other = self.block(depth)
        elif self.one_in(2):
            other = [('if', self.long(2), self.block(depth), None)]
        return ('if', self.long(2), self.block(depth), other)

    def delete(self):
        return self.pick([
            lambda: ('delete', ('A', self.long(1))),
            lambda: ('delete', ('B', self.string(1), self.long(1))),
            lambda: ('delete', ('name', self.pick(self.long_names()))),
            lambda: ('delete', ('name', self.pick(self.string_names()))),
        ])()

    def foreach(self, key):
        return ('foreach', key, self.pick('+-'), self.pick([None, 2, 5]),
                [('print', [('name', key), ('A', ('name', key))])])

    def sweep(self):
        """A loop without a body leaves the last key in its variable."""
        return ('foreach', self.pick(['x0', 'x1', 'x2']), self.pick('+-'), self.pick([None, 1, 2]), [])

    def discarded(self):
        """An expression whose value nobody takes; it is there for the assignment in it."""
        inner = self.pick([
            lambda: ('assign', self.pick(ASSIGN[:4]), self.long_target(1), self.long(1)),
            lambda: ('step', self.pick(['++', '--']), self.one_in(2), self.long_target(1)),
        ])()
        functions = self.callable(LONG_FUNCTIONS)
        if functions and self.one_in(3):
            return ('call', self.pick(functions), inner, self.string(1))
        return ('binary', self.pick(BINARY), inner, self.long(1))

    def statement(self, depth):
        d = depth - 1
        deep = depth > 0
        forms = [
            (2, lambda: ('expression', ('assign', self.pick(ASSIGN[:6]), self.long_target(2), self.long(2)))),
            (1, lambda: ('expression', ('step', self.pick(['++', '--']), self.one_in(2), self.long_target(2)))),
            (2, lambda: ('expression', self.string_assign(2))),
            (1, lambda: ('expression', self.discarded())),
            (self.function is None, self.sweep),
            (3, self.print_statement),
            (2 * deep, lambda: self.branch(d)),
            (deep, lambda: self.in_loop(
                lambda i: ('for', i, self.random.randrange(1, 4), self.block(d)))),
            (deep and self.function is None, lambda: self.in_loop(self.foreach)),
            (deep, lambda: ('try', self.block(d), self.block(d))),
            (deep, self.delete),
            (1 if self.loops and self.function is None else 0, lambda: (self.pick(['break', 'continue']),)),
        ]
        return self.weighted(forms)

    # ---- the script ----

    def function_tree(self, number):
        self.function, self.loops = number, 2
        body = [self.statement(1) for _ in range(self.random.randrange(1, 4))]
        return body, self.long(2) if number in LONG_FUNCTIONS else self.string(2)

    def script(self):
        functions = [self.function_tree(n) for n in LONG_FUNCTIONS + STRING_FUNCTIONS]
        self.function, self.loops = None, 0
        return functions, [self.statement(3) for _ in range(12)]


# ---- text ----

def expression_text(e):
    kind, parts = e[0], e[1:]

    def text(i):
        return expression_text(parts[i])

    if kind == 'number':
        return '(%d)' % parts[0] if parts[0] < 0 else str(parts[0])
    if kind == 'text':
        return '"%s"' % parts[0]
    if kind == 'name':
        return parts[0]
    if kind in ('binary', 'lazy', 'compare', 'assign'):
        return '(%s %s %s)' % (text(1), parts[0], text(2))
    if kind == 'unary':
        return '(%s %s)' % (parts[0], text(1))
    if kind == 'step':
        return '(%s%s)' % ((text(2), parts[0]) if parts[1] else (parts[0], text(2)))
    if kind == 'call':
        return 'f%d(%s, %s)' % (parts[0], text(1), text(2))
    forms = {'choice': '(%s ? %s : %s)', 'A': 'A[%s]', 'B': 'B[%s, %s]', 'in A': '([%s] in A)',
             'in B': '([%s, %s] in B)', 'strlen': 'strlen(%s)', 'concat': '(%s . %s)',
             'sprintf': 'sprintf("%%d:%%s", %s, %s)'}
    return forms[kind] % tuple(expression_text(p) for p in parts)


def branch_text(s, indent):
    text = 'if (%s) {\n%s%s}' % (expression_text(s[1]), block_text(s[2], indent + 1), '\t' * indent)
    if s[3] and len(s[3]) == 1 and s[3][0][0] == 'if':
        return text + ' else ' + branch_text(s[3][0], indent)
    if s[3]:
        text += ' else {\n%s%s}' % (block_text(s[3], indent + 1), '\t' * indent)
    return text


def statement_text(s, indent):
    end = '\t' * indent

    def block(b):
        return '{\n%s%s}' % (block_text(b, indent + 1), end)

    if s[0] == 'expression':
        return expression_text(s[1]) + ';'
    if s[0] == 'print':
        return 'println(%s)' % ', "|", '.join(expression_text(e) for e in s[1])
    if s[0] == 'if':
        return branch_text(s, indent)
    if s[0] == 'for':
        return 'for (%s = 0; %s < %d; %s++) %s' % (s[1], s[1], s[2], s[1], block(s[3]))
    if s[0] == 'foreach':
        limit = ' limit %d' % s[3] if s[3] else ''
        return 'foreach (%s%s in A%s) %s' % (s[1], s[2], limit, block(s[4]))
    if s[0] == 'try':
        return 'try %s catch (m) {\n%s\tprintln(m)\n%s%s}' % (
            block(s[1]), end, block_text(s[2], indent + 1), end)
    if s[0] == 'delete':
        return 'delete ' + expression_text(s[1]) + ';'
    return s[0]


def block_text(block, indent):
    return ''.join('\t' * indent + statement_text(s, indent) + '\n' for s in block)


def function_text(number, tree):
    body, result = tree
    # y0 and z0 must be read somewhere, or what is assigned to them is dropped with its errors
    return ('function f%d:%s(p0:long, q0:string) {\n\ty0 = p0; z0 = q0;\n%s'
            '\tif (y0 == 123456789 && z0 == "never") println("x")\n\treturn %s\n}\n'
            % (number, 'long' if number in LONG_FUNCTIONS else 'string', block_text(body, 1),
               expression_text(result)))


def script_text(script):
    functions, main = script
    return ('global g0 = 1, g1 = 2, g2 = -3, s0 = "s", s1 = "", A, B\n'
            + ''.join(function_text(n, tree) for n, tree in enumerate(functions))
            + 'probe begin {\n\tx0 = 3; x1 = x2 = 0; t0 = "t"; t1 = ""\n'
              '\tA[1] = 5; A[2] = 6; B["a", 1] = "ba"\n\ttry {\n' + block_text(main, 2)
            + '\t} catch (m) { println("caught ", m) }\n'
              '\tprintln(g0, " ", g1, " ", g2, " ", s0, "|", s1)\n'
              '\tprintln(x0, " ", x1, " ", x2, " ", t0, "|", t1)\n'
              '\tforeach (k+ in A) println(k, "=", A[k])\n'
              '\tforeach ([n+, l] in B) println(n, ",", l, "=", B[n, l])\n\texit()\n}\n')
