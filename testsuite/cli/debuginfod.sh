# A server of debug information is asked for what nothing else answers, with progress on a terminal;
# Ctrl-C ends that and leaves nothing behind; why it was in vain is told.
command -v python3 >/dev/null || { echo python3 is not installed; exit 77; }
[ -n "$SYSTEMTAP_RELEASE" ] || { echo no kernel is installed; exit 77; }
set -e
unset DEBUGINFOD_URLS SYSTEMTAP_DEBUGINFO_PATH
export DEBUGINFOD_CACHE_PATH=$PWD/cache SYSTEMTAP_DEBUGINFO_PATH=$PWD/none

cat >sample.c <<'C'
static inline __attribute__((always_inline)) long sample_twice(long number) { asm volatile("nop"); return 2 * number; }
__attribute__((noinline)) long sample_sum(long left, long right) { return sample_twice(left) + right; }
C
cc -g -O2 -c sample.c
ld -r --build-id -o full.ko sample.o
objcopy --strip-debug full.ko sample.ko
id=$(readelf -n full.ko | sed -n 's/.*Build ID: //p')
head -c 300000 /dev/urandom >ballast
objcopy --add-section .ballast=ballast full.ko large.ko

cat >server.py <<'PY'
import http.server, sys, time
path, file, pause = "/buildid/%s/debuginfo" % sys.argv[1], sys.argv[2], float(sys.argv[3])
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        print(self.path, flush=True)
        if self.path != path:
            return self.send_error(404)
        data = open(file, "rb").read()
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.send_header("X-DEBUGINFOD-SIZE", str(len(data)))
        self.end_headers()
        for at in range(0, len(data), 10000):
            self.wfile.write(data[at:at + 10000])
            self.wfile.flush()
            time.sleep(pause)
    def log_message(self, format, *args):
        pass
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
open("port.new", "w").write(str(server.server_port))
import os
os.rename("port.new", "port")
server.serve_forever()
PY

# serve FILE PAUSE
serve() {
	rm -rf port cache
	python3 server.py "$id" "$1" "$2" >requests 2>server.err &
	server=$!
	for i in $(seq 100); do [ -e port ] && break; sleep 0.1; done
	export DEBUGINFOD_URLS=http://127.0.0.1:$(cat port)/
}
finish() { kill $server; wait $server || :; }
trap 'kill $server 2>/dev/null || :' EXIT

inlined="probe module(\"$PWD/sample.ko\").function(\"sample_twice\").inline { println(\$number) }"
"$STAP" -p2 -e "$inlined" 2>err && exit 1

serve full.ko 0
# Types, parameters and symbols of the kernel are known without.
"$STAP" -p2 -e 'probe kernel.function("vfs_read") { println($count, @defined($nosuch), @cast(0, "task_struct")->pid) }'
"$STAP" -p2 -e 'probe syscall.read { println(argstr) } probe kernel.function("nosuch") ?, begin { println(&@var("jiffies")) }'
[ ! -s requests ]
"$STAP" -p2 -e 'probe kernel.statement("vfs_read@fs/read_write.c:*") { println($$vars) }' 2>err && exit 1
grep -q "hint: .*no server of DEBUGINFOD_URLS (http://127.0.0.1:[0-9]*/) has debug information of build" err
[ "$(wc -l <requests)" = 1 ]

# What is needed is downloaded, once.
"$STAP" -p2 -e "$inlined" >out
grep -q 'function("sample_twice@.*sample.c:1").inline' out
grep -q "$id" requests
[ "$(grep -c "$id" requests)" = 1 ]
finish
"$STAP" -p2 -e "$inlined" >out

# Without BTF only debug information tells the parameters of a module's functions.
rm -rf cache
serve full.ko 0
"$STAP" -L "module(\"$PWD/sample.ko\").function(\"sample_sum\")" | grep -q '\$left:long int'
finish

# Nobody there.
rm -rf cache
"$STAP" -p2 -e "$inlined" 2>err && exit 1
grep -q "hint: .*could not be had from DEBUGINFOD_URLS" err

# A terminal sees how far it is.
if command -v script >/dev/null; then
	serve large.ko 0.02
	script -qec "$STAP -p2 -e '$inlined'" /dev/null </dev/null >out
	grep -q 'downloading debug information: [0-9]* of [0-9]* kB' out
	finish
fi

# Interrupted.
serve large.ko 1
"$STAP" -p2 -e "$inlined" >out 2>err &
stap=$!
for i in $(seq 100); do grep -q "$id" requests && break; sleep 0.1; done
sleep 0.5
kill -TERM $stap
SECONDS_BEFORE=$(date +%s)
wait $stap && exit 1
[ $(($(date +%s) - SECONDS_BEFORE)) -lt 8 ]
[ -z "$(find cache -name 'debuginfo*')" ]
finish
