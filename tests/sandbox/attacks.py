"""Attacks on the walls of the sandbox: what a hostile cell tries, by name. `test_walls` says what they may
know of their surroundings, and looks at what they reached.
"""

BEGINNING = """
import ctypes, fcntl, os, resource, signal, socket, sys
libc = ctypes.CDLL(None)
def won(text):
    if "the-secret" in str(text): print("W" "ON", text)
def tried(*attempts):
    for attempt in attempts:
        try: won(attempt())
        except Exception: pass
def unix(*kind): return socket.socket(socket.AF_UNIX, *kind)
"""

CALLS = "import ctypes, os\nlibc = ctypes.CDLL(None, use_errno=True)\n"

ATTACKS = {
    "read files": """
tried(lambda: open(secret).read(), lambda: open('/proc/1/root' + secret).read())
if place != os.getcwd(): tried(lambda: open(place + '/work.txt').read())
os.symlink(secret, 'link')
tried(lambda: open('link').read(), lambda: (os.link(secret, 'hard'), open('hard').read()))
""",
    "read another process": """
for pid in {victim, grader, os.getppid(), neighbour} - {0, os.getpid()}:
    for what in ('environ', 'mem', 'maps', 'fd', 'root' + secret, 'cwd/work.txt'):
        tried(lambda: open(f'/proc/{pid}/{what}', 'rb').read())
    won('the-secret' if libc.ptrace(16, pid, 0, 0) == 0 else '')
""",
    "signals": """
for pid in {victim, grader, os.getppid(), -1, 1} - {0}:
    for number in (signal.SIGSTOP, signal.SIGKILL):
        tried(lambda: os.kill(pid, number))
""",
    "signals by other ways": """
r, w = os.pipe()
fcntl.fcntl(r, 10, 9)
for pid in {victim, grader, os.getppid()} - {0}:
    tried(lambda: signal.pidfd_send_signal(os.pidfd_open(pid), 9))
    tried(lambda: os.killpg(os.getpgid(pid), 9))
    tried(lambda: libc.syscall(234, pid, pid, 9), lambda: libc.syscall(129, pid, 9, 0))
    tried(lambda: fcntl.fcntl(r, fcntl.F_SETOWN, pid))
    tried(lambda: fcntl.fcntl(r, fcntl.F_SETFL, os.O_ASYNC))
    os.write(w, b'x')
""",
    "limits and priorities of others": """
for pid in {victim, grader} - {os.getpid()}:
    tried(lambda: resource.prlimit(pid, resource.RLIMIT_CPU, (9, 9)))
    tried(lambda: os.setpriority(0, pid, 19), lambda: os.setpriority(2, os.getuid(), 19))
    tried(lambda: os.sched_setscheduler(pid, 5, os.sched_param(0)))
    tried(lambda: os.sched_setaffinity(pid, {0}))
""",
    "write files": """
for path in (secret, folder + '/new', '/etc/new', '/usr/new', sys.prefix + '/new'):
    tried(lambda: open(path, 'a').write('x'), lambda: os.mkdir(path + '-d'))
    tried(lambda: os.unlink(path), lambda: os.rename(path, 'mine'), lambda: os.truncate(path, 0))
    tried(lambda: os.symlink('/', path + '-l'))
""",
    "rights and times of files": """
for path in (secret, folder, sys.executable, sys.prefix):
    tried(lambda: os.chmod(path, 0), lambda: os.utime(path, (0, 0)))
    tried(lambda: os.chown(path, os.getuid(), -1), lambda: os.setxattr(path, 'user.x', b'x'))
tried(lambda: os.fchmod(os.open(sys.executable, 0), 0))
""",
    "network": """
tried(lambda: socket.create_connection(('127.0.0.1', tcp), 1))
tried(lambda: unix().connect(chr(0) + abstract), lambda: unix().connect(folder + '/listening'))
tried(lambda: unix(socket.SOCK_DGRAM).sendto(b'x', folder + '/listening'))
tried(lambda: socket.socketpair(type=socket.SOCK_DGRAM)[0].sendto(b'x', chr(0) + abstract))
""",
    "namespaces, mounts, root": """
for flag in (0x20000, 0x10000000, 0x40000000):
    won('the-secret' if libc.unshare(flag) == 0 else '')
won('the-secret' if libc.mount(b'x', b'/tmp', b'tmpfs', 0, None) == 0 else '')
tried(lambda: os.chroot('.') or 'the-secret', lambda: os.setuid(0) or 'the-secret')
tried(lambda: os.popen('su -c id; sudo -n id').read().replace('uid=0', 'the-secret'))
""",
    "environment": """
won(os.environ)
tried(lambda: open('/proc/self/environ').read())
""",
    "descriptors": """
for number in os.listdir('/proc/self/fd'):
    tried(lambda: 'the-secret' if os.readlink(f'/proc/self/fd/{number}').startswith('/home/') else '')
    tried(lambda: 'the-secret' if os.listdir(f'/proc/self/fd/{number}') else '')
for number in range(4, 300):
    tried(lambda: os.read(number, 100) if not os.get_blocking(number) else '')
""",
}

SURVIVORS = {
    "daemons": """
import os
for _ in range(3):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            os.execlp('sleep', MARK, '300')
        os._exit(0)
""",
    "a fork bomb": """
import os
while True:
    try:
        if os.fork() == 0:
            os.setsid()
    except OSError:
        os.execlp('sleep', MARK, '300')
""",
    "deaf": """
import signal, subprocess
for number in range(1, 32):
    try: signal.signal(number, signal.SIG_IGN)
    except OSError: pass
subprocess.Popen([MARK, '300'], executable='/bin/sleep', env={}, start_new_session=True)
""",
}

LITTER = {
    "deep": "import os\nfor _ in range(3000):\n    os.mkdir('d'); os.chdir('d')",
    "shut": "import os\nos.mkdir('shut'); open('shut/x', 'w').close(); os.mkdir('shut/in', 0)",
    "odd": "import os\nos.symlink('/', 'root'); open('\\n\\x01', 'w').close(); os.link('\\n\\x01', 'twin')",
}

SHARED = {
    "processes": (
        "import subprocess\nkept = []\n"
        "try:\n    while True: kept.append(subprocess.Popen(['sleep', '60']))\nexcept OSError: pass",
        "import subprocess\nkept = [subprocess.Popen(['sleep', '60']) for _ in range(20)]",
    ),
    "timers": (
        CALLS + "while libc.timer_create(1, None, ctypes.byref(ctypes.c_void_p())) == 0: pass",
        CALLS + "assert libc.timer_create(1, None, ctypes.byref(ctypes.c_void_p())) == 0",
    ),
    "terminals": (
        "import os\n_, kept = os.openpty()",
        "import os\nassert [n for n in os.listdir('/dev/pts') if n != 'ptmx'] == []",
    ),
}
"""What one submission takes all of, and what another that runs at the same time does all the same."""

OF_THE_MACHINE = {
    "asynchronous requests": CALLS + "got = libc.syscall(206, 60000, ctypes.byref(ctypes.c_ulong()))",
    "watches": CALLS + "got = libc.inotify_init()",
    "writing all disks": CALLS + "got = libc.syncfs(os.open('/usr', os.O_RDONLY))",
}
"""What is counted or done for the whole machine; `got` is the kernel's answer, below 0 for a refusal."""
