/* See meeting_rig.h. */
#include "tests/lib/meeting_rig.h"

#include "proto/pack.h"
#include "tests/lib/access_words.h"

#include <stdio.h>

static uint32_t
add(struct rig *rig, struct buf *body)
{
    uint32_t index = rig_add(rig, "", buf_slice_of(body));
    buf_fini(body);
    return index;
}

const char *
meeting_member_name(struct rig *rig, unsigned number)
{
    return arena_printf(rig->arena, "m%u", number);
}

void
meeting_people(struct rig *rig, unsigned count)
{
    for (unsigned i = 1; i <= count; i++) {
        struct buf body = BUF_EMPTY;
        char words[64];
        snprintf(words, sizeof(words), "m%u roles=council units=hn", i);
        access_words(words, council_ulid(rig).data, &body);
        add(rig, &body);
    }
}

struct slice
meeting_id(struct rig *rig, unsigned number)
{
    uint8_t *id = arena_alloc(rig->arena, 16);
    memset(id, 0x3c, 15);
    id[15] = (uint8_t)number;
    return slice_of(id, 16);
}

static struct slice
keep(struct rig *rig, struct buf *packed)
{
    struct slice kept = arena_copy(rig->arena, buf_slice_of(packed));
    buf_fini(packed);
    return kept;
}

struct slice
meeting_names(struct rig *rig, const char *words)
{
    struct buf names = BUF_EMPTY, out = BUF_EMPTY;
    uint32_t count = 0;
    for (const char *at = words; *at != '\0'; count++) {
        size_t len = strcspn(at, " ");
        pack_text(&names, slice_of((const uint8_t *)at, len));
        at += len + (at[len] == ' ');
    }
    pack_array(&out, count);
    pack_raw(&out, buf_slice_of(&names));
    buf_fini(&names);
    return keep(rig, &out);
}

struct slice
meeting_members(struct rig *rig, unsigned count)
{
    struct buf out = BUF_EMPTY;
    pack_array(&out, count);
    for (unsigned i = 1; i <= count; i++) {
        pack_cstr(&out, meeting_member_name(rig, i));
    }
    return keep(rig, &out);
}

struct slice
meeting_table(struct rig *rig, const unsigned *numbers, uint32_t count)
{
    struct buf out = BUF_EMPTY;
    pack_array(&out, count);
    for (uint32_t i = 0; i < count; i++) {
        pack_bytes(&out, council_id(rig, numbers[i]));
    }
    return keep(rig, &out);
}

struct record_meeting
meeting_opened(struct rig *rig, unsigned number, struct slice members, struct slice table)
{
    return (struct record_meeting){
        .meeting = meeting_id(rig, number),
        .unit = slice_text("hn"),
        .act = MEETING_OPEN,
        .title = slice_text("Họp hội đồng"),
        .date = slice_text("2021-09-02"),
        .members = members,
        .nominations = table,
    };
}

uint32_t
meeting_send(struct rig *rig, struct record_meeting in)
{
    struct buf body = BUF_EMPTY;
    in.id = in.id.len == 0 ? council_ulid(rig) : in.id;
    record_encode_meeting(&in, &body);
    return add(rig, &body);
}

uint32_t
meeting_attend(struct rig *rig, unsigned number, struct slice present)
{
    return meeting_send(rig, (struct record_meeting){.meeting = meeting_id(rig, number),
                                                     .act = MEETING_ATTEND,
                                                     .members = present});
}

uint32_t
meeting_end(struct rig *rig, unsigned number, enum meeting_act act)
{
    return meeting_send(rig, (struct record_meeting){.meeting = meeting_id(rig, number),
                                                     .act = act,
                                                     .reason = slice_text("vì thế")});
}

static const char *
speak(struct rig *rig, const char *who)
{
    const char *before = rig->principal;
    rig->principal = who;
    return before;
}

uint32_t
meeting_vote(struct rig *rig, const char *who, struct record_vote in)
{
    struct buf body = BUF_EMPTY;
    const char *before = speak(rig, who);
    in.id = in.id.len == 0 ? council_ulid(rig) : in.id;
    record_encode_vote(&in, &body);
    uint32_t index = add(rig, &body);
    speak(rig, before);
    return index;
}

uint32_t
meeting_count(struct rig *rig, const char *who, struct record_opening in)
{
    struct buf body = BUF_EMPTY;
    const char *before = speak(rig, who);
    in.id = in.id.len == 0 ? council_ulid(rig) : in.id;
    record_encode_opening(&in, &body);
    uint32_t index = add(rig, &body);
    speak(rig, before);
    return index;
}
