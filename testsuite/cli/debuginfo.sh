# Debug information is found where elfutils looks: by build id, in folders of the user, under another
# root, and from debuginfod.
set -e
unset DEBUGINFOD_URLS SYSTEMTAP_DEBUGINFO_PATH
cat >sample.c <<'C'
struct pair { int left; long right; };
int sample_global = 3;
__attribute__((noinline)) long sample_sum(struct pair *pair, int factor)
{
	long product = pair->right * factor;

	return pair->left + product + sample_global;
}
C
cc -g -O2 -c sample.c
ld -r --build-id -o full.ko sample.o
objcopy --strip-debug full.ko sample.ko
id=$(readelf -n full.ko | sed -n 's/.*Build ID: //p')
point="module(\"$PWD/sample.ko\").function(\"sample_sum\")"

lists() {
	"$STAP" "$@" -L "$point" >list 2>err || { cat err; exit 1; }
	cat list
	grep -q '\$pair:struct pair\* \$factor:int$' list
}

# Without it the function is there, its parameters are not, and the message says why.
"$STAP" -L "$point" >list
grep -q '^module("sample").function("sample_sum")$' list
"$STAP" -p2 -e "probe $point { println(\$factor) }" 2>err && exit 1
grep -q "unable to find '\$factor'" err
grep -q "was built without debug information" err
"$STAP" -p2 -e "probe $point { println(@var(\"sample_nothing\")) }" 2>err && exit 1
grep -q "unable to find global 'sample_nothing' in module sample" err

# build-id links
mkdir -p "root/.build-id/$(echo "$id" | cut -c1-2)"
cp full.ko "root/.build-id/$(echo "$id" | sed 's/^\(..\)/\1\//').debug"
SYSTEMTAP_DEBUGINFO_PATH=$PWD/root lists

# beside the path of the file
mkdir -p "tree$PWD"
cp full.ko "tree$PWD/sample.ko"
SYSTEMTAP_DEBUGINFO_PATH=$PWD/tree lists
# a file of another build is not used
sed 's/int factor/int changed/; s/\* factor/* changed/' sample.c >other.c
cc -g -O2 -c other.c
ld -r --build-id -o "tree$PWD/sample.ko" other.o
SYSTEMTAP_DEBUGINFO_PATH=$PWD/tree "$STAP" -L "$point" >list
if grep changed list; then exit 1; fi

# debuginfod (its client also reads a folder that is laid out like a server)
mkdir -p "server/buildid/$id"
cp full.ko "server/buildid/$id/debuginfo"
DEBUGINFOD_CACHE_PATH=$PWD/cache DEBUGINFOD_URLS=file://$PWD/server lists
[ -e "cache/$id/debuginfo" ]
DEBUGINFOD_CACHE_PATH=$PWD/cache2 DEBUGINFOD_URLS=file://$PWD/nowhere "$STAP" -L "$point" >list
if grep factor list; then exit 1; fi

# Variables of all kinds have their types.
cp full.ko sample.ko
lists
"$STAP" -p2 -e "probe $point { println(\$pair->right + @var(\"sample_global\")) }"
"$STAP" -p2 -e "probe $point { println(\$pair->middle) }" 2>err && exit 1
grep -q "unable to find member 'middle' for struct pair" err

# Lines choose functions that reach over them; what is not there is told apart.
says() {
	"$STAP" -p2 -e "probe module(\"$PWD/sample.ko\").function(\"$1\")$2 { println(pp()) }" >out 2>err || :
	cat out err | grep -q -e "$3" || { cat out err; return 1; }
}
says '*@sample.c:6' .call 'function("sample_sum@sample.c:3").call'
says 'sample_sum@sample.c+3' .call 'function("sample_sum@sample.c:3").call'
says '*@sample.c:*' .call 'function("sample_sum@sample.c:3").call'
says '*@sample.c:40' .call "no function that matches '\*' reaches there: 'sample.c:40'"
says 'sample_sum@sample.c:40' .call 'it begins in line 3 of sample.c'
says '*@sampel.c' .call 'did you mean: sample.c'
says 'sample_sum' .inline "function 'sample_sum' is inlined nowhere"

# Parameters come first, then locals.
"$STAP" -L "module(\"$PWD/sample.ko\").statement(\"sample_sum@sample.c:7\")" >out
grep -q '\$pair.* \$factor.* \$product' out || { cat out; exit 1; }

# Another root for all of it; one that is not there is no excuse to look here.
[ -n "$SYSTEMTAP_RELEASE" ] || { echo no kernel to look at; exit 77; }
mkdir -p target/boot target/lib/modules/$SYSTEMTAP_RELEASE
ln -s /boot/vmlinuz-$SYSTEMTAP_RELEASE target/boot/
"$STAP" --sysroot="$PWD/target" -l 'kernel.function("vfs_read")' | grep vfs_read
unset SYSTEMTAP_RELEASE
"$STAP" --sysroot="$PWD/target" -l 'kernel.function("vfs_read")' | grep vfs_read
"$STAP" --sysroot="$PWD/nowhere" -p2 -e 'probe kernel.function("vfs_read") { println($count) }' 2>err && exit 1
grep -q "no kernel" err
