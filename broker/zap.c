/* Every frame is libzmq's, but what is in them a peer may have had a hand in. */
#include "broker/zap.h"

#define VERSION "1.0"

enum {
    REQUEST_VERSION,
    REQUEST_ID,
    REQUEST_DOMAIN,
    REQUEST_ADDRESS,
    REQUEST_ROUTING_ID,
    REQUEST_MECHANISM,
    REQUEST_CREDENTIALS,
    REQUEST_FRAMES /* of CURVE: one credential, the key */
};

/* NULL: let it in. */
static const char *
refusal(const struct slice *request, uint32_t count, zap_known_fn *known, void *context,
        const char **status)
{
    *status = "500";
    if (count < REQUEST_CREDENTIALS || !slice_is(request[REQUEST_VERSION], VERSION)) {
        return "not a ZAP 1.0 request";
    }
    *status = "400";
    if (!slice_is(request[REQUEST_DOMAIN], ZAP_DOMAIN)) {
        return "another domain";
    }
    if (!slice_is(request[REQUEST_MECHANISM], "CURVE")) {
        return "not CURVE";
    }
    if (count != REQUEST_FRAMES || request[REQUEST_CREDENTIALS].len != ACCESS_KEY_SIZE) {
        *status = "500";
        return "not a key";
    }
    enum zap_verdict verdict = known(context, request[REQUEST_CREDENTIALS].data);
    if (verdict == ZAP_LATER) {
        *status = "300";
        return "too many connections";
    }
    return verdict == ZAP_ADMITTED ? NULL : "no such key";
}

bool
zap_answer(const struct slice *request, uint32_t count, zap_known_fn *known, void *context,
           struct zap_reply *reply)
{
    const char *status;
    const char *why = refusal(request, count, known, context, &status);
    reply->user[0] = '\0';
    if (why == NULL) {
        status = "200";
        access_key_format(request[REQUEST_CREDENTIALS].data, reply->user);
    }
    reply->frames[0] = slice_text(VERSION);
    reply->frames[1] = count > REQUEST_ID ? request[REQUEST_ID] : slice_text("");
    reply->frames[2] = slice_text(status);
    reply->frames[3] = slice_text(why == NULL ? "" : why);
    reply->frames[4] = slice_text(reply->user);
    reply->frames[5] = slice_text("");
    return why == NULL;
}
