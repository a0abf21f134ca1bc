# Lines that come at once, in parts, and one that fills most of a string.
{
	printf 'one\ntwo words\n%0400d\n' 7
	printf 'in '; sleep 0.5; printf 'parts\n'
	printf 'end\n'
} | timeout -s INT 40 $STAPRUN -i $MODULES/vmtest_session_typed.ko >typed.out 2>&1
cat >typed.expected <<EOF
line one
line two words
line in parts
line end
5 lines, 2 of e, longest 401
EOF
diff typed.expected typed.out
