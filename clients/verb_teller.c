/* thidua teller key FILE | open MEETING --ballot-key FILE: the key that secret ballots are sealed to,
 * and their count. Opening needs the file and the teller's own place at the broker; what is sent are
 * sums and the names of spoilt ballots, and no ballot is ever shown.
 *
 * The file is a key file as proto/curve.h draws it, principal "ballots": what its reader refuses
 * (readable by others, a link) is refused here too. It speaks for nobody. */
#include "clients/act.h"
#include "clients/answers.h"
#include "clients/meeting.h"
#include "clients/verbs.h"
#include "clients/words.h"
#include "common/clock.h"
#include "common/file.h"
#include "proto/access.h"
#include "proto/curve.h"
#include "proto/pack.h"

#include <sodium.h>
#include <string.h>
#include <sysexits.h>

#define BALLOTS "ballots" /* the file's principal: no key to connect with */

/* ---- key ---- */

static int
key_make(const struct options *o, const char *path)
{
    uint8_t public_key[BALLOT_KEY_SIZE], secret_key[BALLOT_KEY_SIZE];
    char public_hex[ACCESS_KEY_TEXT], secret_hex[ACCESS_KEY_TEXT], text[CURVE_FILE_MAX];
    ballot_key_new(public_key, secret_key);
    access_key_format(public_key, public_hex);
    access_key_format(secret_key, secret_hex);
    int len = snprintf(text, sizeof(text),
                       "# Thi Đua: ballot key. Whoever has this file can read the secret ballots.\n"
                       "principal: %s\npublic: %s\nsecret: %s\n",
                       BALLOTS, public_hex, secret_hex);
    enum err err = file_make_private(path, slice_of(text, (size_t)len));
    sodium_memzero(text, sizeof(text));
    sodium_memzero(secret_key, sizeof(secret_key));
    sodium_memzero(secret_hex, sizeof(secret_hex));
    if (err != ERR_OK) {
        return say_code(EX_CANTCREAT, tr("không ghi được %s (%s).", "%s cannot be written (%s)."),
                        path, err_name(err));
    }
    if (o->json) {
        return json_show(json_pack("{s:s, s:s}", "file", path, "ballot_key", public_hex));
    }
    say(tr("khóa kiểm phiếu nằm trong %s: chỉ người kiểm phiếu được giữ; mất nó thì không kiểm "
           "được.",
           "the ballot key is in %s: for the teller alone; without it nothing can be counted."),
        path);
    printf("%s\n", public_hex);
    return 0;
}

/* ---- open ---- */

struct telling {
    struct contact *contact;
    struct curve_key key;
    uint8_t meeting_id[ULID_SIZE];
};

struct tally {
    uint8_t nomination_id[ULID_SIZE];
    struct ballot_count count;
    struct buf spoilt; /* names, packed */
};

static void
votes_open(const struct telling *t, const json_t *item, struct tally *tally)
{
    size_t i;
    json_t *vote;
    ballot_count_begin(&tally->count);
    json_array_foreach(json_object_get(item, "votes"), i, vote)
    {
        struct meeting_ballot ballot;
        if (meeting_ballot_take(vote, t->meeting_id, tally->nomination_id, &ballot) &&
            !ballot_open(&ballot.cast, t->key.public_key, t->key.secret_key, &tally->count)) {
            pack_cstr(&tally->spoilt, ballot.voter);
        }
    }
}

static int
opening_send(const struct telling *t, const struct tally *tally)
{
    uint8_t id[ULID_SIZE];
    struct clock clock = clock_real(0);
    struct buf spoilt = BUF_EMPTY, body = BUF_EMPTY;
    ulid_new(clock_wall_us(&clock), id);
    if (tally->count.spoilt > 0) {
        pack_array(&spoilt, tally->count.spoilt);
        pack_raw(&spoilt, buf_slice_of(&tally->spoilt));
    }
    const struct record_opening opening = {
        .meeting = slice_of(t->meeting_id, ULID_SIZE),
        .nomination = slice_of(tally->nomination_id, ULID_SIZE),
        .yes = tally->count.yes,
        .no = tally->count.no,
        .blinding = slice_of(tally->count.blinding, BALLOT_BLINDING_SIZE),
        .spoilt = buf_slice_of(&spoilt),
        .id = slice_of(id, ULID_SIZE),
    };
    record_encode_opening(&opening, &body);
    int code = act_submit(t->contact, slice_text(""), buf_slice_of(&body), true);
    buf_fini(&spoilt);
    buf_fini(&body);
    return code;
}

static void
spoilt_tell(const struct tally *tally)
{
    struct cursor c = cursor_of(buf_slice_of(&tally->spoilt));
    struct slice name;
    while (cursor_text(&c, &name) == ERR_OK) {
        say(tr("phiếu hỏng: %.*s", "spoilt ballot: %.*s"), SLICE_ARG(name));
    }
}

static bool
has_secret_votes(const json_t *item)
{
    size_t i;
    json_t *vote;
    json_array_foreach(json_object_get(item, "votes"), i, vote)
    {
        if (json_true_at(vote, "secret")) {
            return true;
        }
    }
    return false;
}

static int
item_open(const struct telling *t, const json_t *item)
{
    struct tally tally = {.spoilt = BUF_EMPTY};
    const char *nomination = json_text(item, "nomination");
    if (!has_secret_votes(item) || json_is_object(json_object_get(item, "opening")) ||
        !ulid_take(nomination, tally.nomination_id)) {
        return 0; /* nothing to open, or opened already */
    }
    votes_open(t, item, &tally);
    say(tr("%s: đồng ý %u, không đồng ý %u, không ý kiến %u, phiếu hỏng %u",
           "%s: yes %u, no %u, abstained %u, spoilt %u"),
        nomination, tally.count.yes, tally.count.no, tally.count.abstain, tally.count.spoilt);
    spoilt_tell(&tally);
    int code = opening_send(t, &tally);
    buf_fini(&tally.spoilt);
    return code;
}

/* With another meeting's key every ballot would be spoilt, and the count could never be mended. */
static int
key_fits(const struct telling *t, const json_t *meeting)
{
    uint8_t asked[BALLOT_KEY_SIZE], derived[BALLOT_KEY_SIZE];
    ballot_key_public(t->key.secret_key, derived);
    if (!meeting_ballot_key(meeting, asked) || memcmp(asked, derived, sizeof(asked)) != 0 ||
        memcmp(asked, t->key.public_key, sizeof(asked)) != 0) {
        return say_code(EX_DATAERR, tr("tệp khóa không phải của cuộc họp này.",
                                       "the key file is not this meeting's."));
    }
    return 0;
}

static int
meeting_open(struct telling *t, const char *text)
{
    json_t *meeting, *item;
    size_t i;
    int code = meeting_fetch(t->contact, text, t->meeting_id, &meeting);
    if (code != 0) {
        return code;
    }
    code = key_fits(t, meeting);
    json_array_foreach(json_object_get(meeting, "table"), i, item)
    {
        code = code == 0 ? item_open(t, item) : code;
    }
    json_decref(meeting);
    return code;
}

static int
open_run(const struct options *o, const char *file)
{
    struct contact contact;
    struct telling t = {.contact = &contact};
    char why[256];
    if (file == NULL) {
        return say_code(EX_USAGE,
                        tr("open cần --ballot-key FILE.", "open wants --ballot-key FILE."));
    }
    if (curve_key_read(file, &t.key, why) != ERR_OK) {
        return say_code(EX_NOINPUT, "%s", why);
    }
    int code = contact_open(&contact, o);
    if (code == 0) {
        code = meeting_open(&t, o->args[1]);
        contact_close(&contact);
    }
    curve_key_wipe(&t.key);
    return code;
}

int
verb_teller(int argc, char **argv)
{
    struct options o;
    const char *file = NULL;
    const struct option_spec own[] = {
        TEXT_OPTION("ballot-key", "FILE", &file, false, "open: tệp mà “teller key” đã tạo",
                    "open: the file that `teller key` made"),
    };
    int code = options_parse(&o, own, OPTION_COUNT(own), argc, argv);
    if (code != OPTIONS_GO) {
        return code;
    }
    if (strcmp(o.args[0], "key") == 0) {
        return key_make(&o, o.args[1]);
    }
    if (strcmp(o.args[0], "open") == 0) {
        return open_run(&o, file);
    }
    return say_code(EX_USAGE,
                    tr("“%s” không phải là key hay open.", "“%s” is neither key nor open."),
                    o.args[0]);
}
