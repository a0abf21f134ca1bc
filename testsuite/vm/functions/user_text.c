/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writes texts of several encodings and reads into a buffer, for user_memory.stp. */
#include <string.h>
#include <unistd.h>

static char text[64] = "h\xc3\xa9llo\n\"q\"\x01 x";
static const unsigned short utf16[] = { 'a', 0xe9, 0x20ac, 0xd83d, 0xde00, 0 };
static const unsigned utf32[] = { 'w', 0x1f600, 0 };
static char buffer[64] = "unread";

int main(void)
{
	memcpy(text + 16, utf16, sizeof utf16);
	memcpy(text + 32, utf32, sizeof utf32);
	if (write(1, text, sizeof text) < 0 || read(0, buffer, 1) < 0)
		return 1;
	return 0;
}
