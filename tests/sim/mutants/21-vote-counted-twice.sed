# file: workers/tally/vote_count.c
# A member who is present and votes in writing takes part twice, and so does its vote.
s|    sums->yes += vote->choice == CHOICE_YES;|    sums->yes += (vote->choice == CHOICE_YES) * (1u + vote->written);|
