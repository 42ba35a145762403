# `make run` and `make test` do all the set-up; `make help` lists the rest.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.PHONY: help setup build static install uninstall deb check-install run build-tests test sanitize fuzz bench plots model corpora lint format clean

PACKAGES := libicu-dev libutf8proc-dev zlib1g-dev unicode-data bzip2
BINARY := .build/release/mtl-nlp
STATIC_BINARY := .build-static/release/mtl-nlp
MODEL := Sources/PretrainedModel/Model

# Where `make install` puts things: below $(DESTDIR)$(PREFIX), which is another place than $(PREFIX) for one who packs.
PREFIX ?= /usr/local
DESTDIR ?=
ROOT = $(DESTDIR)$(PREFIX)
MANUAL = $(ROOT)/share/man/man1/mtl-nlp.1
COMPLETIONS_bash = $(ROOT)/share/bash-completion/completions/mtl-nlp
COMPLETIONS_zsh = $(ROOT)/share/zsh/site-functions/_mtl-nlp
COMPLETIONS_fish = $(ROOT)/share/fish/vendor_completions.d/mtl-nlp.fish
SHELLS := bash zsh fish

# The tests see `package` and internal declarations, so they are compiled with other flags than the program. Each of
# the two keeps a build directory of its own: in one, every change from `make run` to `make test` would build all anew.
TEST_FLAGS := --configuration release -Xswiftc -enable-testing --scratch-path .build-test
# All tests are XCTest's; without this its summary is followed by one of no tests from the other library.
RUN_TESTS := swift test $(TEST_FLAGS) --skip-build --disable-swift-testing

# The levels of the kernels besides the best one, which the processor has: the run of all tests uses the best.
OTHER_LEVELS := generic
CPU_FLAGS := $(shell grep --max-count=1 '^flags' /proc/cpuinfo 2>/dev/null)
ifeq ($(words $(filter avx2 fma bmi2,$(CPU_FLAGS))),3)
OTHER_LEVELS += x86-64-v3
endif
ifeq ($(words $(filter avx512_bf16,$(CPU_FLAGS))),1)
OTHER_LEVELS += x86-64-v4 x86-64-v4-bf16
endif

define ENGLISH
A man is walking his dog along the beach.
Two girls in red jackets are playing in the snow.
A woman is buying fruit at the market.
endef

define GERMAN
Ein Mann geht mit seinem Hund am Strand entlang.
Zwei Kinder spielen mit einem roten Ball.
endef

define FRENCH
Deux filles mangent une glace au bord de la mer.
Un homme répare un vélo devant sa maison.
endef

define REMARKS
The actors are brilliant and the story is full of charm.
Das Essen war kalt und der Kellner unfreundlich.
Le magasin est au deuxième étage.
endef

export ENGLISH GERMAN FRENCH REMARKS

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1: \2/p' $(MAKEFILE_LIST)

setup: ## check the toolchain; install missing Debian packages
	@command -v swift >/dev/null || { \
	    echo "make: no swift in PATH; install Swift 6 from https://www.swift.org/install/linux" >&2; exit 1; }
	@command -v apt-get >/dev/null || { \
	    echo "make: no apt-get here: see to it that ICU, utf8proc and zlib are installed with headers" >&2; exit 0; }; \
	missing=(); \
	for package in $(PACKAGES); do \
	    [[ $$(dpkg-query --show --showformat='$${db:Status-Status}' $$package 2>/dev/null) == installed ]] \
	        || missing+=($$package); \
	done; \
	[[ $${#missing[@]} -gt 0 ]] || exit 0; \
	root=(env DEBIAN_FRONTEND=noninteractive); \
	if [[ $$(id -u) -ne 0 ]]; then \
	    command -v sudo >/dev/null || { \
	        echo "make: packages are missing and there is no sudo; as root, run: apt-get install $${missing[*]}" >&2; \
	        exit 1; }; \
	    root=(sudo "$${root[@]}"); \
	fi; \
	echo "make: installing $${missing[*]}"; \
	{ "$${root[@]}" apt-get update --quiet \
	    && "$${root[@]}" apt-get install --quiet --yes --no-install-recommends "$${missing[@]}"; } </dev/null || { \
	    echo "make: installation failed; as root, run: apt-get update && apt-get install $${missing[*]}" >&2; exit 1; }

build: setup ## build the program, in release mode
	swift build --configuration release --product mtl-nlp

# With the Swift library and Foundation inside, the program runs where no Swift is installed, needs the shared libraries
# of ICU, utf8proc and zlib only, and starts in less time and memory. Foundation makes it large: 86 MB, 62 MB stripped.
static: setup ## build the program to be installed: it needs no Swift on the machine
	swift build --configuration release --product mtl-nlp --static-swift-stdlib --scratch-path .build-static

# A file and no phony target, so that nothing is built, as root, when all that is left to do is to copy.
$(STATIC_BINARY): Package.swift $(shell find Sources -type f -o -type l)
	$(MAKE) static
	touch $@

install: $(STATIC_BINARY) ## install program, model, manual page and completions: PREFIX=/usr/local, DESTDIR=
	install -D --mode=755 --strip $(STATIC_BINARY) '$(ROOT)/bin/mtl-nlp'
	install -D --mode=644 --target-directory='$(ROOT)/share/mtl-nlp' $(MODEL)/*
	$(STATIC_BINARY) manual | install -D --mode=644 /dev/stdin '$(MANUAL)'
	$(foreach shell,$(SHELLS),$(STATIC_BINARY) --generate-completion-script $(shell) \
	    | install -D --mode=644 /dev/stdin '$(COMPLETIONS_$(shell))'; )

uninstall: ## remove what `make install` with the same PREFIX and DESTDIR installed
	rm -f '$(ROOT)/bin/mtl-nlp' '$(MANUAL)' $(foreach shell,$(SHELLS),'$(COMPLETIONS_$(shell))') \
	    $(patsubst $(MODEL)/%,'$(ROOT)/share/mtl-nlp/%',$(wildcard $(MODEL)/*))
	! [ -d '$(ROOT)/share/mtl-nlp' ] || rmdir '$(ROOT)/share/mtl-nlp'

define CONTROL
Package: mtl-nlp
Section: text
Priority: optional
Maintainer: The mtl-nlp authors
Description: translate text and tell its sentiment, offline
 A filter for lines of text with one small neural network that runs on
 ordinary processors. It translates, says whether a text is negative, neutral
 or positive, and trains models of its own.
endef

define COPYRIGHT

The model in /usr/share/mtl-nlp has terms of its own: 'mtl-nlp info' tells them.
endef

export CONTROL COPYRIGHT

DEB := .build-deb
deb: $(STATIC_BINARY) ## make a Debian package; needs dpkg-dev
	@command -v dpkg-shlibdeps >/dev/null || { \
	    echo "make: no dpkg-shlibdeps here; run: apt-get install dpkg-dev" >&2; exit 1; }
	rm -rf $(DEB)
	$(MAKE) install DESTDIR=$(DEB)/tree PREFIX=/usr
	mkdir -p $(DEB)/tree/DEBIAN $(DEB)/tree/usr/share/doc/mtl-nlp $(DEB)/debian
	printf '%s\n' "$$(cat LICENSE)" "$$COPYRIGHT" >$(DEB)/tree/usr/share/doc/mtl-nlp/copyright
	printf 'Source: mtl-nlp\n\nPackage: mtl-nlp\nArchitecture: any\n' >$(DEB)/debian/control
	@version=$$($(STATIC_BINARY) --version); \
	architecture=$$(dpkg --print-architecture); \
	libraries=$$(cd $(DEB) && dpkg-shlibdeps -O tree/usr/bin/mtl-nlp); \
	printf '%s\n' "$$CONTROL" "Version: $$version" "Architecture: $$architecture" \
	    "Depends: $${libraries#shlibs:Depends=}" \
	    "Installed-Size: $$(du --summarize --apparent-size --block-size=1024 $(DEB)/tree/usr | cut --fields=1)" \
	    >$(DEB)/tree/DEBIAN/control; \
	dpkg-deb --root-owner-group --build $(DEB)/tree "$(DEB)/mtl-nlp_$${version}_$$architecture.deb"

check-install: $(STATIC_BINARY) ## install and pack into temporary folders, and run what is there
	.ci/check-install

# Pipes the lines of a variable through a command and shows each with its answer.
define demonstrate
	@printf '\n$$ mtl-nlp %s\n' '$(1)'; \
	answers=$$(printf '%s\n' "$$$(2)" | $(BINARY) $(1)); \
	paste --delimiters='\n' <(printf '%s\n' "$$$(2)") <(printf '%s\n' "$$answers" | sed 's/^/    /')
endef

run: build ## translate and classify some lines with the shipped model
	$(call demonstrate,translate --to de,ENGLISH)
	$(call demonstrate,translate --to fr,GERMAN)
	$(call demonstrate,translate --to en,FRENCH)
	$(call demonstrate,sentiment,REMARKS)

build-tests: setup
	swift build $(TEST_FLAGS) --build-tests

test: build-tests ## run all tests, those of the kernels on every level of the processor
	@for level in $(OTHER_LEVELS); do \
	    echo "the kernels on $$level"; \
	    MTL_NLP_ISA=$$level $(RUN_TESTS) --filter '^KernelsTests\.' --filter BatchIndependenceTests; \
	done
	$(RUN_TESTS)

# The tests of what threads share and of what reaches memory by pointers. Those of the program are not among them: they
# run it as it is. Nor are gradient checks among those of threads, for they compute the same on one thread thousands of
# times. For leaks see `fuzz`.
SANITIZED_thread := KernelsTests TransformerTests.BatchIndependenceTests TransformerTests.GoldenTests \
    TransformerTests.LazyValuesTests TransformerTests.TranslationLossTests TransformerTests.WeightFileTests InferenceTests \
    LineFilterTests TrainingTests.BatchSamplerTests \
    TrainingTests.TrainerTests/testTheResultDoesNotDependOnTheNumberOfThreads
SANITIZED_address := $(SANITIZED_thread) TransformerTests TokenizationTests LanguageIdentificationTests FilesTests
# Under the address sanitizer every growth of a text copies it: this test, which grows texts of a megabyte, would not end.
SKIPPED_address := TokenizationTests.NormalizerTests/testLongTexts
MUTEX := .build-thread/MutexSlowPaths.o
LINK_thread := -Xlinker $(MUTEX)

define sanitize
	swift build $(SANITIZER_FLAGS) --build-tests
	SWIFT_BACKTRACE=enable=no ASAN_OPTIONS=detect_leaks=0 swift test $(SANITIZER_FLAGS) --skip-build \
	    --disable-swift-testing $(patsubst %,--filter '^%',$(SANITIZED_$(1))) \
	    $(patsubst %,--skip '^%',$(SKIPPED_$(1)))
endef
SANITIZER_FLAGS = --configuration release -Xswiftc -enable-testing --sanitize=$(1) --scratch-path .build-$(1) \
    -Xswiftc -use-ld=lld $(LINK_$(1))

sanitize: setup ## run tests under the sanitizers of threads and of addresses
	mkdir -p $(dir $(MUTEX))
	clang -O1 -fPIC -c Tests/ThreadSanitizer/MutexSlowPaths.c -o $(MUTEX)
	$(call sanitize,thread)
	$(call sanitize,address)

# Half an hour, or what is asked for. The fuzzer keeps what it learned, and what it found, in its build folder. Leaks are
# not looked for: Foundation's reading of an empty file leaks a buffer.
FUZZ_SECONDS ?= 1800
FUZZ_FLAGS := --configuration release --product Fuzzing --scratch-path .build-fuzz -Xswiftc -sanitize=fuzzer,address \
    -Xswiftc -use-ld=lld
fuzz: setup ## feed damaged input to everything that reads: FUZZ_SECONDS=1800
	MTL_NLP_FUZZING=1 swift build $(FUZZ_FLAGS)
	mkdir -p .build-fuzz/inputs
	SWIFT_BACKTRACE=enable=no ASAN_OPTIONS=detect_leaks=0 .build-fuzz/release/Fuzzing -max_total_time=$(FUZZ_SECONDS) -max_len=4096 -timeout=20 \
	    -print_final_stats=1 -artifact_prefix=.build-fuzz/ .build-fuzz/inputs

bench: build ## measure everything; let nothing else run meanwhile
	@for benchmark in 'matmul --threads 1' 'matmul --threads 2' training 'decoding --threads 1' 'decoding --threads 2' \
	    tokenizer start; do \
	    $(BINARY) benchmark $$benchmark; echo; \
	done

plots: build ## measure and draw how cost grows
	$(BINARY) benchmark plot --output Sources/Benchmarks/Documentation

# The recipes of the shipped model one after the other, from nothing: CORPORA is the folder of the corpora, where the models
# are made too. What was stopped goes on.
RECIPE := Corpora/recipes/english-german-french
TRAINED = $(CORPORA)/english-german-french
PROJECTED = $(foreach language,de fr,$(CORPORA)/projected/labelled.en-$(language).tsv.gz)

define train
$(BINARY) train $(1) --corpora $(CORPORA) --output $(@:.trained=) --resume
touch $@
endef

model: $(TRAINED)-4.trained ## train the shipped model anew: CORPORA=folder; nine hours on two fast cores
	$(BINARY) calibrate --model $(TRAINED)-4 $(foreach language,en de fr,$(CORPORA)/umsab/$(language).val.tsv)

corpora:
	@test -d "$(CORPORA)" || { echo "make: no folder '$(CORPORA)'; name that of the corpora: make model CORPORA=folder" >&2; exit 1; }

$(TRAINED).trained: | corpora build
	$(call train,$(RECIPE).yml)

$(TRAINED)-1.trained: | $(TRAINED).trained
	$(call train,$(RECIPE)-continued.yml)

$(CORPORA)/projected/labelled.en-%.tsv.gz: | $(TRAINED)-1.trained
	mkdir -p $(@D)
	zcat $(CORPORA)/teacher/labelled.en.tsv.gz | cut -f 1 | awk 'split($$0, words, " ") >= 6' > $@.texts
	$(BINARY) translate --model $(TRAINED)-1 --from en --to $* --beam 1 < $@.texts | paste $@.texts - | gzip -n > $@.new
	rm $@.texts
	mv $@.new $@

$(TRAINED)-2.trained: | $(PROJECTED)
	$(call train,$(RECIPE)-continued-2.yml)

$(TRAINED)-3.trained: | $(TRAINED)-2.trained
	$(call train,$(RECIPE)-continued-3.yml)

$(TRAINED)-4.trained: | $(TRAINED)-3.trained
	$(call train,$(RECIPE)-continued-4.yml)

lint: ## check the format of the sources
	swift format lint --strict --parallel --recursive Package.swift Sources Tests

format: ## format the sources in place
	swift format --in-place --parallel --recursive Package.swift Sources Tests

clean: ## remove what was built
	rm -rf .build .build-test .build-static .build-deb .build-fuzz .build-thread .build-address
