# What make install puts where, that it works there and in any other place, and what make dist packs.
build=$(dirname "$(dirname "$STAP")")
top=$TESTSUITE/..
[ -e "$build/Makefile" ] || { echo "not built by make"; exit 77; }
set -e
here=$PWD

make -s -C "$build" install DESTDIR="$here/root" prefix=/opt/stap >log 2>&1 || { cat log; exit 1; }
prefix=$here/root/opt/stap
for file in bin/stap bin/staprun share/systemtap/tapset/INDEX share/systemtap/runtime/script.h \
	bin/stap-flamegraph share/systemtap/examples/INDEX \
	share/systemtap/examples/network/net.stp share/man/man1/stap.1 share/man/man8/staprun.8 \
	share/man/man3/function::pid.3stap share/man/man7/error::pass1.7stap; do
	[ -s "$prefix/$file" ] || { echo "$file is not installed"; exit 1; }
done
[ -z "$(find root ! -path "root/opt*" ! -path root)" ] || { echo "outside of the prefix:"; find root -maxdepth 2; exit 1; }
if find "$prefix/share" -name '*.o' -o -name '*.a' -o -name '.*' | grep .; then exit 1; fi

# The whole prefix moves. Nothing of the build tree is looked at.
mv "$prefix" "$here/moved"
stap=$here/moved/bin/stap
[ "$("$stap" --runtime=user --disable-cache -e 'probe begin { println(usecs_to_string(5)) exit() }')" = 0m0.000005s ]
"$stap" -vvv --runtime=user --disable-cache -p4 -e 'probe begin { println(1) exit() }' >log 2>&1
grep -qF -- "-I $here/moved/bin/../share/systemtap/runtime" log && ! grep -qF -- "-I $build/runtime" log || { cat log; exit 1; }
if [ -n "$SYSTEMTAP_RELEASE" ]; then
	[ "$("$stap" -l 'syscall.openat')" = syscall.openat ]
	"$stap" --vm -c true --example helloworld >out
	[ -s out ]
fi
mv "$here/moved" "$prefix"
make -s -C "$build" uninstall DESTDIR="$here/root" prefix=/opt/stap >log 2>&1
[ -z "$(find root -type f)" ] || { echo "uninstall leaves:"; find root -type f | head; exit 1; }

# The tarball: all that is under version control, and nothing that was built.
make -s -C "$build" distdir distdir="$here/packed" >log 2>&1 || { cat log; exit 1; }
[ -e packed/configure ] && [ -x packed/demo ] && [ -x packed/runtests ]
if find packed -name '*.o' -o -name '*.a' -o -name '*.ko' -o -name .work -o -name INDEX | grep .; then exit 1; fi
if [ -e "$top/.git" ]; then
	git -c safe.directory='*' -C "$top" ls-files | grep -v '^\.' | while read -r file; do
		[ -e "packed/$file" ] || { echo "make dist forgets $file"; exit 1; }
	done
fi
