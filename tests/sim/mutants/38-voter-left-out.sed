# file: workers/tally/apply_meeting.c
# A member that has voted in person is made absent afterwards.
s|    if (voted.len > 0) {|    if (voted.len > CODE_MAX) {|
