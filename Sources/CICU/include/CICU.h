#ifndef CICU_H
#define CICU_H

#include <stdbool.h>
#include <stdint.h>

// The calls of ICU that we use, on UTF-16, under names of our own and without ICU's headers: see CICU.c.

typedef struct UNormalizer2 icu_normalizer;
typedef struct UBreakIterator icu_sentence_iterator;

/// What `icu_next_boundary` returns after the last boundary.
static const int32_t ICU_DONE = -1;

/// The normaliser of a Unicode form; NULL if ICU's data cannot be loaded. ICU owns it and shares it among threads.
const icu_normalizer *icu_nfc(void);

const icu_normalizer *icu_nfd(void);

const icu_normalizer *icu_nfkc(void);

/// Writes the normalised text and returns its length, which is more than `capacity` if nothing usable was written, or
/// -1 on any other failure.
int32_t icu_normalize(
    const icu_normalizer *normalizer, const uint16_t *source, int32_t count, uint16_t *target, int32_t capacity);

/// Whether the text before the code point and the text from it on can be normalised apart.
bool icu_has_boundary_before(const icu_normalizer *normalizer, int32_t codePoint);

/// Writes one step of the decomposition of a code point and returns its length, or -1 if there is none.
int32_t icu_raw_decomposition(
    const icu_normalizer *normalizer, int32_t codePoint, uint16_t *target, int32_t capacity);

/// Whether the code point alone, and beside others that answer true, is unchanged by NFC.
bool icu_is_nfc(int32_t codePoint);

/// Whether the code point alone, and beside others that answer true, is unchanged by NFKC.
bool icu_is_nfkc(int32_t codePoint);

/// The general category, as in `UCharCategory`.
int32_t icu_category(int32_t codePoint);

/// Writes the text in lower case by the rules of no particular language and returns its length, which is more than
/// `capacity` if nothing usable was written, or -1 on any other failure.
int32_t icu_lower(const uint16_t *source, int32_t count, uint16_t *target, int32_t capacity);

/// As `icu_lower`, in upper case.
int32_t icu_upper(const uint16_t *source, int32_t count, uint16_t *target, int32_t capacity);

/// An iterator over the sentences of a text that must outlive it; NULL if ICU's data cannot be loaded. The caller
/// closes it.
icu_sentence_iterator *icu_sentences(const char *locale, const uint16_t *text, int32_t count);

/// The next boundary, or `ICU_DONE`.
int32_t icu_next_boundary(icu_sentence_iterator *iterator);

void icu_close(icu_sentence_iterator *iterator);

/// The version of Unicode that ICU implements, as "15.0".
const char *icu_unicode_version(void);

#endif
