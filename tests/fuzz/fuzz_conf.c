/* thidua.conf: keys set within their bounds, or one sentence that a terminal can be given. */
#include "tests/fuzz/fuzz.h"

#include "common/check.h"
#include "common/conf.h"
#include "common/text.h"

#define LISTEN_SIZE 24

void
fuzz_conf(struct slice in)
{
    char listen[LISTEN_SIZE] = "", why[256] = "";
    uint64_t shards = 1, heartbeat_ms = 1000, any = 0;
    const struct conf_key keys[] = {
        {"listen", CONF_TEXT, {.text = listen}, sizeof listen, 0, 0},
        {"shards", CONF_NUMBER, {.number = &shards}, 0, 1, 1024},
        {"heartbeat_ms", CONF_NUMBER, {.number = &heartbeat_ms}, 0, 100, 60000},
        {"any", CONF_NUMBER, {.number = &any}, 0, 0, INT64_MAX},
    };
    enum err err = conf_read(in, keys, sizeof keys / sizeof keys[0], why);
    CHECK(err == ERR_OK || err == ERR_FORMAT);
    CHECK((err == ERR_OK) == (why[0] == '\0'));
    CHECK(text_is_utf8(slice_text(why)));
    CHECK(memchr(listen, '\0', sizeof listen) != NULL && text_is_utf8(slice_text(listen)));
    CHECK(shards >= 1 && shards <= 1024);
    CHECK(heartbeat_ms >= 100 && heartbeat_ms <= 60000);
    CHECK(any <= INT64_MAX);
}
