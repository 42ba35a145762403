// ICU renames every function by macro (`unorm2_normalize_72`), which Swift cannot see. Its headers are included here
// alone: Foundation has an ICU of its own, whose types of the same names the compiler would hold against these.

#include "CICU.h"

#include <unicode/ubrk.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>

const icu_normalizer *icu_nfc(void) {
    UErrorCode status = U_ZERO_ERROR;
    return unorm2_getNFCInstance(&status);
}

const icu_normalizer *icu_nfd(void) {
    UErrorCode status = U_ZERO_ERROR;
    return unorm2_getNFDInstance(&status);
}

const icu_normalizer *icu_nfkc(void) {
    UErrorCode status = U_ZERO_ERROR;
    return unorm2_getNFKCInstance(&status);
}

int32_t icu_normalize(
    const icu_normalizer *normalizer, const uint16_t *source, int32_t count, uint16_t *target, int32_t capacity) {
    UErrorCode status = U_ZERO_ERROR;
    int32_t length = unorm2_normalize(normalizer, source, count, target, capacity, &status);
    return status == U_BUFFER_OVERFLOW_ERROR || U_SUCCESS(status) ? length : -1;
}

bool icu_has_boundary_before(const icu_normalizer *normalizer, int32_t codePoint) {
    return unorm2_hasBoundaryBefore(normalizer, codePoint);
}

int32_t icu_raw_decomposition(
    const icu_normalizer *normalizer, int32_t codePoint, uint16_t *target, int32_t capacity) {
    UErrorCode status = U_ZERO_ERROR;
    int32_t length = unorm2_getRawDecomposition(normalizer, codePoint, target, capacity, &status);
    return U_SUCCESS(status) ? length : -1;
}

bool icu_is_nfc(int32_t codePoint) {
    return u_getIntPropertyValue(codePoint, UCHAR_NFC_QUICK_CHECK) == UNORM_YES;
}

bool icu_is_nfkc(int32_t codePoint) {
    return u_getIntPropertyValue(codePoint, UCHAR_NFKC_QUICK_CHECK) == UNORM_YES;
}

int32_t icu_category(int32_t codePoint) { return u_charType(codePoint); }

int32_t icu_lower(const uint16_t *source, int32_t count, uint16_t *target, int32_t capacity) {
    UErrorCode status = U_ZERO_ERROR;
    int32_t length = u_strToLower(target, capacity, source, count, "", &status);
    return status == U_BUFFER_OVERFLOW_ERROR || U_SUCCESS(status) ? length : -1;
}

int32_t icu_upper(const uint16_t *source, int32_t count, uint16_t *target, int32_t capacity) {
    UErrorCode status = U_ZERO_ERROR;
    int32_t length = u_strToUpper(target, capacity, source, count, "", &status);
    return status == U_BUFFER_OVERFLOW_ERROR || U_SUCCESS(status) ? length : -1;
}

icu_sentence_iterator *icu_sentences(const char *locale, const uint16_t *text, int32_t count) {
    UErrorCode status = U_ZERO_ERROR;
    UBreakIterator *iterator = ubrk_open(UBRK_SENTENCE, locale, text, count, &status);
    if (U_SUCCESS(status)) return iterator;
    if (iterator) ubrk_close(iterator);
    return NULL;
}

_Static_assert(UBRK_DONE == -1, "ICU_DONE is ICU's own number");

int32_t icu_next_boundary(icu_sentence_iterator *iterator) { return ubrk_next(iterator); }

void icu_close(icu_sentence_iterator *iterator) { ubrk_close(iterator); }

const char *icu_unicode_version(void) { return U_UNICODE_VERSION; }
