/* A key file's text and an endpoint: taken as it is written, or one sentence that a terminal can be given,
 * and nothing of a secret left. */
#include "tests/fuzz/fuzz.h"

#include "common/check.h"
#include "common/text.h"
#include "proto/access.h"
#include "proto/curve.h"

static void
sentence_check(bool good, const char why[256])
{
    CHECK(good == (why[0] == '\0'));
    CHECK(memchr(why, '\0', 256) != NULL && text_is_clean(slice_text(why)));
}

static void
key_try(struct slice in)
{
    static const struct curve_key none;
    struct curve_key key;
    char why[256] = "";
    bool good = curve_key_parse(in, &key, why);
    sentence_check(good, why);
    CHECK(good || memcmp(&key, &none, sizeof key) == 0);
    CHECK(!good || code_is_valid(slice_text(key.principal)));
}

static void
endpoint_try(struct slice in)
{
    struct endpoint e, again;
    struct buf text = BUF_EMPTY;
    char why[256] = "", hex[ACCESS_KEY_TEXT];
    bool good = endpoint_parse(in, &e, why);
    sentence_check(good, why);
    if (good) {
        bool tcp = strncmp(e.address, "tcp://", 6) == 0;
        CHECK(tcp == e.has_key);
        access_key_format(e.key, hex);
        buf_printf(&text, "%s%s%s", e.address, tcp ? "#" : "", tcp ? hex : "");
        CHECK(endpoint_parse(buf_slice_of(&text), &again, why));
        CHECK(strcmp(e.address, again.address) == 0 && memcmp(e.key, again.key, sizeof e.key) == 0);
    }
    buf_fini(&text);
}

void
fuzz_curve(struct slice in)
{
    key_try(in);
    endpoint_try(in);
}
