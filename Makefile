# Thi Đua. `make help` lists the targets; README.md says where to begin.
CC ?= gcc
CFLAGS ?= -O2 -g
# SAN=address,undefined builds beside, into build/address-undefined.
SAN ?=
comma := ,
B := build$(if $(SAN),/$(subst $(comma),-,$(SAN)))
WARN := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wformat=2 -Wundef
ALL_CFLAGS = -std=gnu11 -D_GNU_SOURCE -I. -MMD -MP $(WARN) $(CFLAGS)
ifneq ($(SAN),)
ALL_CFLAGS += -fsanitize=$(SAN) -fno-omit-frame-pointer -fno-sanitize-recover=undefined
LDFLAGS += -fsanitize=$(SAN)
endif
LIBS := -lzmq -llmdb -lmsgpackc -lsodium -lyaml -lcsv -ljansson -lunistring -lxxhash -lzip
# `thidua top` alone draws: who does not, does not load it.
LIBS += -Wl,--as-needed -lncursesw -ltinfo -Wl,--no-as-needed
GATEWAY_LIBS := -lmicrohttpd -lyajl -lexpat -lz
JOBS := -j$(shell nproc)

# A folder's objects; main.c stands apart so that tests can link the rest.
objects = $(patsubst %.c,$(B)/obj/%.o,$(filter-out %/main.c,$(wildcard $(1)/*.c)))
BROKER := $(call objects,broker)
WORKERS := $(call objects,workers) $(call objects,workers/state)
TALLY := $(call objects,workers/tally)
QUERY := $(call objects,workers/query)
GATEWAY := $(call objects,workers/gateway)
CLIENTS := $(call objects,clients)
BASE := $(call objects,proto) $(call objects,common)
PROGRAMS := $(addprefix $(B)/bin/,thidua thidua-broker thidua-tally thidua-query thidua-gateway)
UNIT_TESTS := $(patsubst tests/unit/%.c,$(B)/tests/%,$(wildcard tests/unit/test_*.c))
CRASH := $(addprefix $(B)/crash/,shim.so powercut outbox_cut faults storm)
SYSTEM_TESTS := $(wildcard tests/system/test_*.sh)
FUZZ_TARGETS := $(filter-out %/seeds.o %/seeds_council.o %/replay.o,$(call objects,tests/fuzz))

.PHONY: all help demo test unit system crash fuzz cover bench sim mutants browser shots lint format clean install packages-% tests
all: packages-build ## build the programs into build/bin
	@$(MAKE) --no-print-directory $(JOBS) $(PROGRAMS)

help: ## list the targets
	@sed -n 's/^\([a-z]*\):[^#]*## \(.*\)/  make \1|\2/p' Makefile | awk -F'|' '{printf "%-16s %s\n", $$1, $$2}'

demo: all ## start Hanoi's November 2021 with a week of reports (ONCE=1: print and end)
	@deploy/hanoi/demo $(B)/bin $(if $(ONCE),--once)

# Everything is tested as built for use, then once more under AddressSanitizer and UBSan.
test: packages-build packages-test ## build and run all tests, twice: as built, and under sanitizers
	@$(MAKE) --no-print-directory $(JOBS) tests
	@$(MAKE) --no-print-directory $(JOBS) tests SAN=address,undefined
	@tests/run $(B) build/address-undefined

tests: $(PROGRAMS) $(UNIT_TESTS) $(B)/tests/test_corpus $(B)/tests/peer $(B)/tests/line $(B)/tests/hostile $(B)/tests/streams $(B)/tests/tamper $(B)/tests/pry $(B)/tests/sim

unit: packages-build packages-test ## run the unit tests only
	@$(MAKE) --no-print-directory $(JOBS) $(UNIT_TESTS) $(B)/tests/test_corpus
	@tests/run --only unit $(B)

system: packages-build packages-test ## run the tests of real processes only
	@$(MAKE) --no-print-directory $(JOBS) tests
	@tests/run --only system $(B)

crash: packages-build ## power cuts, failing calls and storms of kill -9 (CUTS=300 KILLS=30 REPORTS=60000 STEP=5 SEED=1)
	@$(MAKE) --no-print-directory $(JOBS) $(PROGRAMS) $(CRASH)
	@tests/crash/run $(B)

# libFuzzer is clang's, and so is this build; `make test` replays what was kept without it.
fuzz: packages-build packages-test packages-fuzz ## look for inputs that break a parser (FOR=60 TARGETS="cursor rows" KEEP=1)
	@$(MAKE) --no-print-directory $(JOBS) B=build/fuzz CC=clang SAN=address,undefined \
	    CFLAGS="-O1 -g -fsanitize=fuzzer-no-link -Wno-format-nonliteral" build/fuzz/tests/fuzz build/fuzz/tests/fuzz-seeds
	@FOR=$(or $(FOR),60) KEEP=$(KEEP) tests/fuzz/run build/fuzz $(TARGETS)

# One build of its own: gcov's counts are as good as the code is plain (-O0), and a process that is killed leaves none.
cover: packages-build packages-test ## measure which lines and branches the tests reach (LEAST=90)
	@find build/cover -name '*.gcda' -delete 2>/dev/null || :
	@$(MAKE) --no-print-directory $(JOBS) B=build/cover CFLAGS="-O0 -g --coverage" LDFLAGS=--coverage tests $(if $(wildcard tests/sim/main.c),build/cover/tests/sim)
	@tests/run build/cover | tail -n 1
	@[ ! -x build/cover/tests/sim ] || build/cover/tests/sim --seeds $(or $(SEEDS),100) | tail -n 1
	@LEAST=$(LEAST) tests/cover build/cover

bench: packages-build ## measure a whole site beside the bare machine (RECORDS=300000 RUNS=5 SECONDS=5 MODES=; MODES=long RECORDS=1000000; MODES="curve offices hostile http")
	@$(MAKE) --no-print-directory $(JOBS) $(PROGRAMS) $(B)/tests/bench $(B)/tests/hostile
	@$(B)/tests/bench $(B)/bin $(or $(RECORDS),0) $(or $(RUNS),5) $(or $(SECONDS),5) "$(MODES)"

profile: packages-build ## where the broker's, the tally worker's and the client's time goes: build/profile (needs perf)
	@$(MAKE) --no-print-directory $(JOBS) $(PROGRAMS) $(B)/tests/bench
	@tests/bench/profile $(B) $(or $(RECORDS),300000) $(MODE)

sim: packages-build ## simulate clusters with seeded faults (SEEDS=10000 FROM=1)
	@$(MAKE) --no-print-directory $(JOBS) $(B)/tests/sim
	@$(B)/tests/sim --seeds $(or $(SEEDS),10000) --from $(or $(FROM),1)

# chromium, Node and npm are Debian's; playwright-core and axe-core come from npm into build/browser, the first time.
browser: packages-build packages-test packages-browser ## do every role's jobs in a real browser (TESTS="units shell")
	@$(MAKE) --no-print-directory $(JOBS) $(PROGRAMS)
	@tests/browser/run $(B) tests $(TESTS)

shots: packages-build packages-test packages-browser ## pictures of the console's pages into build/shots (PAGES="overview units")
	@$(MAKE) --no-print-directory $(JOBS) $(PROGRAMS)
	@tests/browser/run $(B) shots $(PAGES)

mutants: packages-build ## plant bugs, one by one, and see the simulator find each
	@tests/sim/mutants/run

lint: packages-build packages-dev ## check format, includes, lengths, and what cppcheck finds
	@tests/lint

format: packages-dev ## lay out the source as .clang-format says
	clang-format -i $$(find common proto broker workers clients tests -name '*.[ch]')

PREFIX ?= /usr/local
install: all ## install programs, man page and Hanoi's files under PREFIX (/usr/local)
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/man/man1 $(DESTDIR)$(PREFIX)/share/thidua/hanoi
	cd workers/gateway/console && find . -type f ! -name '*.md' -exec install -D -m 644 {} $(abspath $(DESTDIR)$(PREFIX))/share/thidua/console/{} \;
	install $(PROGRAMS) $(DESTDIR)$(PREFIX)/bin
	install -m 644 docs/thidua.1 $(DESTDIR)$(PREFIX)/share/man/man1
	install -m 644 deploy/hanoi/campaign.yaml deploy/hanoi/units.csv $(DESTDIR)$(PREFIX)/share/thidua/hanoi

clean: ## remove what was built
	rm -rf build

packages-%:
	@deploy/install-packages $*

$(B)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(if $(V),,@echo "  CC $<";)$(CC) $(ALL_CFLAGS) -c -o $@ $<

link = @mkdir -p $(@D); $(CC) $(LDFLAGS) -o $@ $^ $(LIBS)
$(B)/bin/thidua-broker: $(B)/obj/broker/main.o $(BROKER) $(BASE)
	$(link)
$(B)/bin/thidua-tally: $(B)/obj/workers/tally/main.o $(TALLY) $(WORKERS) $(BASE)
	$(link)
$(B)/bin/thidua-query: $(B)/obj/workers/query/main.o $(QUERY) $(WORKERS) $(BASE)
	$(link)
# Only the gateway speaks HTTP.
$(B)/bin/thidua-gateway: LIBS += $(GATEWAY_LIBS)
$(B)/bin/thidua-gateway: $(B)/obj/workers/gateway/main.o $(GATEWAY) $(BASE)
	$(link)
$(B)/bin/thidua: $(B)/obj/clients/main.o $(CLIENTS) $(BASE)
	$(link)

# A unit test may use every core: what it does not use, the linker leaves in the archive.
$(B)/lib/house.a: $(BROKER) $(TALLY) $(QUERY) $(GATEWAY) $(WORKERS) $(CLIENTS) $(BASE)
	@mkdir -p $(@D); rm -f $@; ar qcs $@ $^
$(B)/lib/tests.a: $(call objects,tests/lib)
	@mkdir -p $(@D); rm -f $@; ar qcs $@ $^
$(B)/tests/test_%: $(B)/obj/tests/unit/test_%.o $(B)/lib/tests.a $(B)/lib/house.a
	$(link) $(GATEWAY_LIBS) -lcmocka
$(B)/tests/test_corpus: $(B)/obj/tests/fuzz/replay.o $(FUZZ_TARGETS) $(B)/lib/tests.a $(B)/lib/house.a
	$(link) $(GATEWAY_LIBS) -lcmocka
$(B)/tests/fuzz-seeds: $(B)/obj/tests/fuzz/seeds.o $(B)/obj/tests/fuzz/seeds_council.o $(FUZZ_TARGETS) $(B)/lib/tests.a $(B)/lib/house.a
	$(link) $(GATEWAY_LIBS) -lcmocka
$(B)/tests/fuzz: $(B)/obj/tests/fuzz/main.o $(FUZZ_TARGETS) $(B)/lib/tests.a $(B)/lib/house.a
	$(link) $(GATEWAY_LIBS) -lcmocka -fsanitize=fuzzer
$(B)/tests/peer: $(B)/obj/tests/system/peer.o $(B)/lib/house.a
	$(link)
$(B)/tests/hostile: $(B)/obj/tests/system/hostile.o $(B)/lib/tests.a $(B)/lib/house.a
	$(link)
$(B)/tests/streams: $(B)/obj/tests/system/streams.o
	$(link)
$(B)/tests/line: $(B)/obj/tests/system/line.o $(B)/lib/house.a
	$(link)
$(B)/tests/pry: $(B)/obj/tests/system/pry.o $(B)/lib/house.a
	$(link)
$(B)/tests/tamper: $(B)/obj/tests/system/tamper.o $(B)/lib/house.a
	$(link)
$(B)/tests/bench: $(call objects,tests/bench) $(B)/lib/tests.a $(B)/lib/house.a
	$(link) $(GATEWAY_LIBS)
# The simulator runs the product's own files; what they ask of libzmq and of the machine is answered by
# tests/sim/zmq.c and seams.c: no libzmq here, and the calls of SIM_WRAP go there.
SIM_WRAP := clock_real file_make_folder state_lmdb_open_sized proc_signals_open proc_signals_next \
	proc_start_time getpid close check_failed
OUTBOX := $(addprefix $(B)/obj/clients/,outbox.o outbox_mem.o outbox_sender.o outbox_verdicts.o)
$(B)/lib/sim.a: $(BROKER) $(TALLY) $(QUERY) $(WORKERS) $(OUTBOX) $(BASE)
	@mkdir -p $(@D); rm -f $@; ar qcs $@ $^
$(B)/tests/sim: $(B)/obj/tests/sim/main.o $(call objects,tests/sim) $(B)/lib/sim.a
	@mkdir -p $(@D); $(CC) $(LDFLAGS) $(addprefix -Wl$(comma)--wrap=,$(SIM_WRAP)) -o $@ $^ \
	    $(filter-out -lzmq,$(LIBS))

# The shim stands under any process, so that it rests on the C library alone.
$(B)/crash/shim.so: $(wildcard tests/crash/shim*.[ch])
	@mkdir -p $(@D)
	$(if $(V),,@echo "  CC $@";)$(CC) $(filter-out -MMD -MP,$(ALL_CFLAGS)) -fPIC -shared -o $@ $(filter %.c,$^)
crash_objects = $(patsubst %,$(B)/obj/tests/crash/%.o,$(1)) $(B)/lib/tests.a $(B)/lib/house.a
$(B)/crash/powercut: $(call crash_objects,powercut disk disk_cut load load_check child)
	$(link)
$(B)/crash/outbox_cut: $(call crash_objects,outbox_cut disk disk_cut child)
	$(link)
$(B)/crash/faults: $(call crash_objects,faults load load_check child)
	$(link)
$(B)/crash/storm: $(call crash_objects,storm storm_site storm_check)
	$(link)

.SECONDARY:
-include $(shell find $(B)/obj -name '*.d' 2>/dev/null)
