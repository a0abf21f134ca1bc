# SPDX-License-Identifier: GPL-2.0-or-later
"""What a script of generate.py prints, by the rules of the language.

Operands are evaluated from left to right and keep the value they had then.  An assignment
evaluates the keys of its target, the right side, then reads and stores the target.
"""

STRING_LIMIT = 511
STEP_LIMIT = 20000
ZERO = {'g0': 1, 'g1': 2, 'g2': -3, 's0': 's', 's1': ''}


class ScriptError(Exception):
    pass


class Break(Exception):
    pass


class Continue(Exception):
    pass


class TooLong(Exception):
    """The script runs for too many steps to be worth comparing."""


def wrap(n):
    n &= (1 << 64) - 1
    return n - (1 << 64) if n >> 63 else n


def divide(a, b):
    if b == 0:
        raise ScriptError('division by 0')
    quotient = abs(a) // abs(b)
    return -quotient if (a < 0) != (b < 0) else quotient


OPERATORS = {
    '+': lambda a, b: a + b, '-': lambda a, b: a - b, '*': lambda a, b: a * b,
    '/': divide, '%': lambda a, b: a - divide(a, b) * b,
    '&': lambda a, b: a & b, '|': lambda a, b: a | b, '^': lambda a, b: a ^ b,
    '<<': lambda a, b: a << (b & 63), '>>': lambda a, b: a >> (b & 63),
    '<': lambda a, b: a < b, '>': lambda a, b: a > b, '<=': lambda a, b: a <= b,
    '>=': lambda a, b: a >= b, '==': lambda a, b: a == b, '!=': lambda a, b: a != b,
}


def operate(operator, a, b):
    return wrap(int(OPERATORS[operator](a, b)))


def default(name):
    return '' if name[0] in 'stqz' else 0


class Evaluator:
    def __init__(self, script):
        self.functions, self.main = script
        self.globals = dict(ZERO)
        self.arrays = {'A': {(1,): 5, (2,): 6}, 'B': {('a', 1): 'ba'}}
        self.lines = []
        self.steps = 0

    # ---- places: where a value is read from and stored ----

    def place(self, target, local):
        if target[0] == 'name':
            return self.globals if target[1] in self.globals else local, target[1]
        return self.arrays[target[0]], tuple(self.value(e, local) for e in target[1:])

    @staticmethod
    def load(place, target):
        where, key = place
        return where.get(key, default(key) if target[0] == 'name' else '' if target[0] == 'B' else 0)

    # ---- expressions ----

    def value(self, e, local):
        self.steps += 1
        if self.steps > STEP_LIMIT:
            raise TooLong
        return getattr(self, 'do_' + e[0].replace(' ', '_').lower())(e, local)

    def do_number(self, e, local):
        return e[1]

    do_text = do_number

    def do_name(self, e, local):
        return self.load(self.place(e, local), e)

    do_a = do_b = do_name

    def do_binary(self, e, local):
        left = self.value(e[2], local)
        return operate(e[1], left, self.value(e[3], local))

    def do_compare(self, e, local):
        left = self.value(e[2], local).encode()
        return operate(e[1], left, self.value(e[3], local).encode())

    def do_lazy(self, e, local):
        left = self.value(e[2], local) != 0
        if left == (e[1] == '||'):
            return int(left)
        return int(self.value(e[3], local) != 0)

    def do_unary(self, e, local):
        n = self.value(e[2], local)
        return {'-': wrap(-n), '!': int(not n), '~': ~n}[e[1]]

    def do_choice(self, e, local):
        return self.value(e[2] if self.value(e[1], local) else e[3], local)

    def do_assign(self, e, local):
        operator, target = e[1][:-1], e[2]
        place = self.place(target, local)
        new = self.value(e[3], local)
        if operator == '.':
            new = self.load(place, target) + new
        elif operator:
            new = operate(operator, self.load(place, target), new)
        if isinstance(new, str):
            new = new[:STRING_LIMIT]
        place[0][place[1]] = new
        return new

    def do_step(self, e, local):
        place = self.place(e[3], local)
        old = self.load(place, e[3])
        place[0][place[1]] = new = operate(e[1][0], old, 1)
        return old if e[2] else new

    def do_in_a(self, e, local):
        return int((self.value(e[1], local),) in self.arrays['A'])

    def do_in_b(self, e, local):
        return int((self.value(e[1], local), self.value(e[2], local)) in self.arrays['B'])

    def do_strlen(self, e, local):
        return len(self.value(e[1], local))

    def do_concat(self, e, local):
        left = self.value(e[1], local)
        return (left + self.value(e[2], local))[:STRING_LIMIT]

    def do_sprintf(self, e, local):
        number = self.value(e[1], local)
        return ('%d:%s' % (number, self.value(e[2], local)))[:STRING_LIMIT]

    def do_call(self, e, local):
        number, text = self.value(e[2], local), self.value(e[3], local)
        inner = {'p0': number, 'q0': text, 'y0': number, 'z0': text}
        body, result = self.functions[e[1]]
        self.run(body, inner)
        return self.value(result, inner)

    # ---- statements ----

    def run(self, block, local):
        for s in block:
            getattr(self, 'run_' + s[0])(s, local)

    def run_expression(self, s, local):
        self.value(s[1], local)

    def run_print(self, s, local):
        self.lines.append('|'.join(str(v) for v in [self.value(e, local) for e in s[1]]))

    def run_if(self, s, local):
        self.run(s[2] if self.value(s[1], local) else s[3] or [], local)

    def run_for(self, s, local):
        local[s[1]] = 0
        while local[s[1]] < s[2]:
            try:
                self.run(s[3], local)
            except Break:
                return
            except Continue:
                pass
            local[s[1]] += 1

    def run_foreach(self, s, local):
        keys = sorted(self.arrays['A'], reverse=s[2] == '-')
        for key, in keys[:s[3]]:
            local[s[1]] = key
            self.run(s[4], local)

    def run_try(self, s, local):
        try:
            self.run(s[1], local)
        except ScriptError as error:
            self.lines.append(str(error))
            self.run(s[2], local)

    def run_delete(self, s, local):
        where, key = self.place(s[1], local)
        where.pop(key, None)
        if where is self.globals:
            where[key] = default(key)

    def run_break(self, s, local):
        raise Break

    def run_continue(self, s, local):
        raise Continue

    # ---- the script ----

    def output(self):
        local = {'x0': 3, 't0': 't'}
        try:
            self.run(self.main, local)
        except ScriptError as error:
            self.lines.append('caught %s' % error)
        g = self.globals
        self.lines.append('%d %d %d %s|%s' % (g['g0'], g['g1'], g['g2'], g['s0'], g['s1']))
        self.lines.append('%d %d %d %s|%s' % (local.get('x0', 0), local.get('x1', 0), local.get('x2', 0),
                                              local.get('t0', ''), local.get('t1', '')))
        for (key,), value in sorted(self.arrays['A'].items()):
            self.lines.append('%d=%d' % (key, value))
        # sorted() keeps the order of insertion among equal keys, as foreach does
        for (name, number), value in sorted(self.arrays['B'].items(), key=lambda item: item[0][0].encode()):
            self.lines.append('%s,%d=%s' % (name, number, value))
        return ''.join(line + '\n' for line in self.lines)
