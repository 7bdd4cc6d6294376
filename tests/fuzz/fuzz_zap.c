/* Any frames to the ZAP handler: it answers with six frames, lets in who is known and nobody else, and
 * writes nothing but the key as User-Id. An input is parts, a frame each. */
#include "broker/zap.h"
#include "common/check.h"
#include "tests/fuzz/fuzz.h"

struct asked {
    enum zap_verdict verdict;
    uint32_t calls;
};

static enum zap_verdict
known(void *context, const uint8_t key[ACCESS_KEY_SIZE])
{
    struct asked *asked = context;
    asked->calls++;
    asked->verdict = (enum zap_verdict)(key[0] % 3);
    return asked->verdict;
}

void
fuzz_zap(struct slice in)
{
    struct slice frames[ZAP_REQUEST_FRAMES_MAX];
    struct fuzz_part part;
    struct zap_reply reply;
    struct asked asked = {0};
    uint32_t count = 0;
    while (count < ZAP_REQUEST_FRAMES_MAX && fuzz_part_next(&in, &part)) {
        frames[count++] = part.bytes;
    }
    bool let_in = zap_answer(frames, count, known, &asked, &reply);
    CHECK(asked.calls <= 1 && let_in == (asked.verdict == ZAP_ADMITTED));
    CHECK(slice_is(reply.frames[2], "200") == let_in);
    CHECK(slice_is(reply.frames[2], "300") == (asked.verdict == ZAP_LATER));
    CHECK(let_in || asked.verdict == ZAP_LATER || slice_is(reply.frames[2], "400") ||
          slice_is(reply.frames[2], "500"));
    CHECK(reply.frames[4].len == (let_in ? ACCESS_KEY_TEXT - 1 : 0));
    uint8_t key[ACCESS_KEY_SIZE];
    CHECK(!let_in || (access_key_parse(reply.frames[4], key) &&
                      memcmp(key, frames[6].data, sizeof(key)) == 0));
}
