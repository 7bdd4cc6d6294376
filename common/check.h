/* CHECK(x): our own invariants, on in release builds too. Never for what comes from outside: bytes
 * of a peer, a file or a user are answered, not asserted. */
#ifndef COMMON_CHECK_H
#define COMMON_CHECK_H

_Noreturn void check_failed(const char *expression, const char *file, int line);

#define CHECK(x) ((x) ? (void)0 : check_failed(#x, __FILE__, __LINE__))

#endif
