# SPDX-License-Identifier: GPL-2.0-or-later
"""The handlers of events.py at real probes: one process makes the hits, on one CPU after the other."""
import os
import subprocess

import events

FIRST = 1000			# beyond the sizes that a starting program reads

# A probe, and how large the read is that hits it.  Two that share their handler: nobody here writes so much.
POINTS = [('kernel.function("vfs_read")', '$count'),
          ('kernel.function("vfs_read"), kernel.function("vfs_write")', '$count'),
          ('kernel.function("vfs_read").return', '$return'),
          ('kernel.function("vfs_read").return', '@entry($count)'),
          ('kprobe.function("vfs_read")', 'ulong_arg(3)'),
          ('kernel.trace("sys_enter")', '$id ? 0 : $regs->dx'),
          ('syscall.read', 'count'),
          ('syscall.read.return', '$return')]

LOAD = ('open F, "</dev/zero"; for (%d .. %d) { syscall 203, 0, 8, pack "Q", 1 << $_ %% 2; sysread F, $b, $_ }'
        % (FIRST + 1, FIRST + events.EVENTS))


def script_text(seed):
    point, size = POINTS[seed % len(POINTS)]
    head = ('probe %s\n{\nsize = %s\nif (pid() != target() || size <= %d || size > %d) next\nevent = size - %d\n'
            % (point, size, FIRST, FIRST + events.EVENTS, FIRST))
    return events.script_text(events.Handler(seed), head)


def compile_module(stap, folder, name, script, options):
    # A busy machine's processors may stop while they hold a lock.
    command = [stap, '-w', '-p4', '-D', 'MAXTRYLOCK=100000', '-m', name] + options + [script]
    run = subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, timeout=300)
    return None if run.returncode == 0 else run.stderr.decode('latin-1')


def run_modules(vmrun, staprun, folder, names):
    """Each module's output goes to NAME.out and NAME.err beside it.  None, or why the machine failed."""
    script = os.path.join(folder, 'guest.sh')
    with open(script, 'w') as out:
        for name in names:
            out.write("%s -c 'perl /.stap-output/load.pl' %s.ko >/.stap-output/%s.out 2>/.stap-output/%s.err\n"
                      % (staprun, name, name, name))
    with open(os.path.join(folder, 'load.pl'), 'w') as out:
        out.write(LOAD)
    run = subprocess.run([vmrun, '--timeout', '%d' % (120 + 30 * len(names)), '--output', folder, '--', 'sh', script],
                         cwd=folder, stdin=subprocess.DEVNULL, capture_output=True)
    return None if run.returncode == 0 else run.stderr.decode('latin-1')
