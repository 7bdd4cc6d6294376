/* thidua vote MEETING NOMINATION yes|no|abstain|-: a member's ballot. Whether it is secret is the
 * award's rule, asked of the site. A secret choice is committed to and sealed here, and leaves this
 * process in no other form; "-" reads it from standard input, so that it stands in no shell's history
 * and no list of processes. */
#include "clients/act.h"
#include "clients/answers.h"
#include "clients/meeting.h"
#include "clients/verbs.h"
#include "clients/words.h"
#include "common/clock.h"
#include "common/text.h"
#include "proto/access.h"
#include "proto/curve.h"

#include <sodium.h>
#include <string.h>
#include <sysexits.h>

static bool
choice_parse(struct slice word, enum choice *choice)
{
    static const struct {
        const char *en, *vi;
        enum choice choice;
    } words[] = {{"yes", "đồng-ý", CHOICE_YES},
                 {"no", "không", CHOICE_NO},
                 {"abstain", "trắng", CHOICE_ABSTAIN}};
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (slice_is(word, words[i].en) || slice_is(word, words[i].vi)) {
            *choice = words[i].choice;
            return true;
        }
    }
    return false;
}

static int
choice_read(const char *argument, enum choice *choice)
{
    char line[64] = "";
    struct slice word = slice_text(argument);
    if (strcmp(argument, "-") == 0) {
        word =
            fgets(line, sizeof(line), stdin) == NULL ? slice_text("") : text_trim(slice_text(line));
    }
    bool known = choice_parse(word, choice);
    sodium_memzero(line, sizeof(line));
    /* The word is not told again: it may be nearly the choice. */
    return known ? 0
                 : say_code(EX_USAGE, tr("lá phiếu là yes (đồng ý), no (không) hoặc abstain "
                                         "(trắng).",
                                         "a ballot is yes, no or abstain."));
}

/* As whom the site knows this sender: a ballot is bound to its voter. */
static int
voter_find(struct contact *contact, char voter[PRINCIPAL_MAX + 1])
{
    struct curve_key key;
    char why[256];
    snprintf(voter, PRINCIPAL_MAX + 1, "%s", PRINCIPAL_LOCAL);
    if (contact->key_file[0] == '\0') {
        return 0;
    }
    if (curve_key_read(contact->key_file, &key, why) != ERR_OK) {
        return say_code(EX_NOINPUT, "%s", why);
    }
    snprintf(voter, PRINCIPAL_MAX + 1, "%s", key.principal);
    curve_key_wipe(&key);
    return 0;
}

struct casting {
    struct contact *contact;
    json_t *meeting, *item; /* the item is the meeting's */
    uint8_t meeting_id[ULID_SIZE], nomination_id[ULID_SIZE], id[ULID_SIZE];
    struct ballot ballot;
    struct record_vote vote;
};

static int
ballot_seal(struct casting *c, enum choice choice)
{
    uint8_t key[BALLOT_KEY_SIZE], place[BALLOT_PLACE_SIZE];
    char voter[PRINCIPAL_MAX + 1];
    int code = voter_find(c->contact, voter);
    if (code != 0) {
        return code;
    }
    ballot_place(c->vote.meeting, c->vote.nomination, slice_text(voter), place);
    if (!meeting_ballot_key(c->meeting, key) || !ballot_key_is_good(key) ||
        !ballot_make(choice, place, key, &c->ballot)) {
        return say_code(EX_DATAERR, tr("cuộc họp không có khóa kiểm phiếu dùng được.",
                                       "the meeting has no ballot key that can be sealed to."));
    }
    c->vote.commitment = slice_of(c->ballot.commitment, sizeof(c->ballot.commitment));
    c->vote.sealed = slice_of(c->ballot.sealed, sizeof(c->ballot.sealed));
    return 0;
}

static int
vote_fill(struct casting *c, enum choice choice, bool written)
{
    const json_t *rule = json_object_get(c->item, "rule");
    struct clock clock = clock_real(0);
    ulid_new(clock_wall_us(&clock), c->id);
    c->vote = (struct record_vote){.meeting = slice_of(c->meeting_id, ULID_SIZE),
                                   .nomination = slice_of(c->nomination_id, ULID_SIZE),
                                   .written = written,
                                   .id = slice_of(c->id, ULID_SIZE)};
    if (!json_is_boolean(json_object_get(rule, "secret"))) {
        /* Were it guessed, a secret choice could go out in plain words. */
        return say_code(EX_DATAERR, tr("không rõ quy định bỏ phiếu của hình thức này.",
                                       "how this award is voted on is not known."));
    }
    if (json_true_at(rule, "secret")) {
        return ballot_seal(c, choice);
    }
    c->vote.choice = choice;
    return 0;
}

static int
cast(struct contact *contact, const struct options *o, enum choice choice, bool written)
{
    struct casting c = {.contact = contact};
    struct buf body = BUF_EMPTY;
    int code = meeting_fetch(contact, o->args[0], c.meeting_id, &c.meeting);
    if (code != 0) {
        return code;
    }
    code = meeting_item(c.meeting, o->args[1], c.nomination_id, &c.item);
    code = code == 0 ? vote_fill(&c, choice, written) : code;
    if (code == 0) {
        record_encode_vote(&c.vote, &body);
        code = act_submit(contact, slice_text(""), buf_slice_of(&body), true);
    }
    buf_fini(&body);
    json_decref(c.meeting);
    return code;
}

int
verb_vote(int argc, char **argv)
{
    struct options o;
    struct contact contact;
    enum choice choice = CHOICE_ABSTAIN;
    bool written = false;
    const struct option_spec own[] = {
        SWITCH_OPTION("written", &written, "vắng mặt, bỏ phiếu bằng văn bản",
                      "absent, voting in writing"),
    };
    int code = options_parse(&o, own, OPTION_COUNT(own), argc, argv);
    if (code != OPTIONS_GO) {
        return code;
    }
    code = choice_read(o.args[2], &choice);
    code = code == 0 ? contact_open(&contact, &o) : code;
    if (code != 0) {
        return code;
    }
    code = cast(&contact, &o, choice, written);
    contact_close(&contact);
    return code;
}
