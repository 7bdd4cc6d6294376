/* ANSWER and ERROR of a query worker, back to who asked, with the asker's own number. */
#include "broker/core.h"

/* An answer that came too late, to a question that was given up or whose asker has left, is nobody's:
 * it is let fall without a word, because nobody did wrong. */
enum err
on_answer(struct broker *b, const struct peer *from, const union message *m)
{
    struct route *route = routes_find(b, from->session, m->answer.request);
    if (route != NULL) {
        struct message_answer answer = m->answer;
        answer.request = route->request;
        message_encode_answer(&answer, replies_open(&b->replies));
        replies_close(&b->replies, route->asker->identity);
        routes_end(b, route);
    }
    return ERR_OK;
}

enum err
on_error(struct broker *b, const struct peer *from, const union message *m)
{
    struct route *route = routes_find(b, from->session, m->error.request);
    if (route != NULL) {
        struct message_error error = m->error;
        error.request = route->request;
        message_encode_error(&error, replies_open(&b->replies));
        replies_close(&b->replies, route->asker->identity);
        routes_end(b, route);
    }
    return ERR_OK;
}
