/* Records on their way into the outbox instead of to a broker: gathered, put in groups, numbered. What
 * `submit`, `withdraw` and `import` use with --outbox. */
#ifndef CLIENTS_OUTBOX_QUEUE_H
#define CLIENTS_OUTBOX_QUEUE_H

#include "clients/contact.h"
#include "clients/outbox_place.h"

struct outbox_queue;

/* An entry is on disk: the caller's tag, its number. */
typedef void outbox_queued_fn(void *context, uint64_t tag, uint64_t entry);

/* Opens the outbox that the options name, made where there is none; `contact` has the options only, no
 * client. 0, or the exit code, told. */
int outbox_queue_open(struct outbox_queue **queue, struct contact *contact,
                      const struct options *options, const char *dir);
void outbox_queue_free(struct outbox_queue **queue);
/* What a sending verb opens: the outbox with --outbox or --outbox-dir, else the broker's contact. */
int outbox_or_contact(struct contact *contact, struct outbox_queue **queue,
                      const struct options *options, bool outbox, const char *dir, bool wait);
void outbox_queue_on_put(struct outbox_queue *queue, outbox_queued_fn *fn, void *context);

uint64_t outbox_queue_revision(struct outbox_queue *queue);
/* False with `why`: no outbox can take it. *code: what became of the group that it filled. */
bool outbox_queue_add(struct outbox_queue *queue, struct slice unit, struct slice body,
                      uint64_t tag, int *code, struct complaint *why);
/* Puts what was gathered: 0, or the exit code, told; EX_TEMPFAIL: the outbox is full. */
int outbox_queue_flush(struct outbox_queue *queue);
/* Warns where the outbox fills up. */
void outbox_queue_warn(struct outbox_queue *queue);
struct outbox *outbox_queue_outbox(struct outbox_queue *queue);

#endif
