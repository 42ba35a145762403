#ifndef CSIMD_H
#define CSIMD_H

#include <stdbool.h>
#include <stdint.h>

#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>
#if defined(__linux__)
#include <sys/syscall.h>
#include <unistd.h>
#endif
#endif

/// Tells the processor that this thread does nothing but look at a number.
static inline void csimd_pause(void) {
#if defined(__x86_64__)
    _mm_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

/// Whether the processor and the operating system offer what the kernels built for x86-64-v3 use (AVX2, FMA, BMI2).
static inline bool csimd_supports_x86_64_v3(void) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi2");
#else
    return false;
#endif
}

/// The same for x86-64-v4 (AVX-512 F, BW, CD, DQ and VL).
static inline bool csimd_supports_x86_64_v4(void) {
#if defined(__x86_64__)
    return csimd_supports_x86_64_v3() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw")
        && __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq")
        && __builtin_cpu_supports("avx512vl");
#else
    return false;
#endif
}

/// Whether there are the instructions of AVX-512 for products of bytes, besides x86-64-v4.
static inline bool csimd_supports_avx512_vnni(void) {
#if defined(__x86_64__)
    return csimd_supports_x86_64_v4() && __builtin_cpu_supports("avx512vnni");
#else
    return false;
#endif
}

/// The same for x86-64-v4 with AVX512-BF16.
static inline bool csimd_supports_x86_64_v4_bf16(void) {
#if defined(__x86_64__)
    return csimd_supports_x86_64_v4() && __builtin_cpu_supports("avx512bf16");
#else
    return false;
#endif
}

/// The same for AVX512-BF16 with the tiles of AMX and their products in bf16 and of bytes.
///
/// Their registers are so large that a process has to ask Linux for them, once, and may be refused.
static inline bool csimd_supports_x86_64_v4_amx(void) {
#if defined(__x86_64__) && defined(__linux__)
    const unsigned int needed = 1u << 22 | 1u << 24 | 1u << 25;  // amx_bf16, amx_tile, amx_int8
    const long requestPermission = 0x1023, tileData = 18;
    unsigned int a, b, c, d;
    return csimd_supports_x86_64_v4_bf16() && csimd_supports_avx512_vnni() && __get_cpuid_count(7, 0, &a, &b, &c, &d)
        && (d & needed) == needed && syscall(SYS_arch_prctl, requestPermission, tileData) == 0;
#else
    return false;
#endif
}

/// `csimd_add_byte_products_xN(sums, a, b)`: each 32-bit lane of `sums` plus the four products of the unsigned bytes of
/// `a` and the signed bytes of `b` in that lane, exact. Without an instruction for it, the bytes are widened to 16 bits
/// and go through one that adds two products: `MULTIPLY_ADD_PAIRS`.
#define CSIMD_BYTE_PRODUCTS(N, BYTES, MULTIPLY_ADD_PAIRS)                                                              \
    typedef int32_t csimd_int32x##N __attribute__((vector_size(BYTES)));                                               \
    typedef int16_t csimd_int16_of_int32x##N __attribute__((vector_size(BYTES)));                                      \
    typedef uint16_t csimd_uint16_of_int32x##N __attribute__((vector_size(BYTES)));                                    \
    static inline csimd_int32x##N csimd_add_byte_products_x##N(                                                        \
        csimd_int32x##N sums, csimd_int32x##N a, csimd_int32x##N b) {                                                  \
        csimd_int16_of_int32x##N evenA = (csimd_int16_of_int32x##N)a & 0xFF;                                           \
        csimd_int16_of_int32x##N oddA = (csimd_int16_of_int32x##N)((csimd_uint16_of_int32x##N)a >> 8);                 \
        csimd_int16_of_int32x##N evenB =                                                                               \
            (csimd_int16_of_int32x##N)((csimd_uint16_of_int32x##N)b << 8) >> 8;                                        \
        csimd_int16_of_int32x##N oddB = (csimd_int16_of_int32x##N)b >> 8;                                              \
        return sums + (csimd_int32x##N)MULTIPLY_ADD_PAIRS(evenA, evenB)                                                \
            + (csimd_int32x##N)MULTIPLY_ADD_PAIRS(oddA, oddB);                                                         \
    }

/// `csimd_low_bytes_xN(x)`: the low byte of each lane. `csimd_floats_xN(x)`: each lane as a float.
/// `csimd_largest_xN(x)`: the largest lane. `csimd_any_above_xN(x, y)`: whether any lane of x is above that of y.
#define CSIMD_LANES(N, BYTES)                                                                                          \
    typedef uint8_t csimd_uint8x##N __attribute__((vector_size(N)));                                                   \
    typedef float csimd_float32x##N __attribute__((vector_size(BYTES)));                                               \
    static inline csimd_uint8x##N csimd_low_bytes_x##N(csimd_int32x##N x) {                                            \
        return __builtin_convertvector(x, csimd_uint8x##N);                                                            \
    }                                                                                                                  \
    static inline csimd_float32x##N csimd_floats_x##N(csimd_int32x##N x) {                                             \
        return __builtin_convertvector(x, csimd_float32x##N);                                                          \
    }                                                                                                                  \
    static inline int32_t csimd_largest_x##N(csimd_int32x##N x) { return __builtin_reduce_max(x); }                    \
    static inline bool csimd_any_above_x##N(csimd_float32x##N x, csimd_float32x##N y) {                                \
        return __builtin_reduce_or((csimd_int32x##N)(x > y)) != 0;                                                     \
    }

#if defined(__x86_64__)
#define CSIMD_PAIRS_128(a, b) _mm_madd_epi16((__m128i)(a), (__m128i)(b))
#else
#define CSIMD_HALF(x, i)                                                                                               \
    __builtin_convertvector(__builtin_shufflevector(x, x, i, i + 2, i + 4, i + 6), csimd_int32x4)
#define CSIMD_PAIRS_128(a, b) (CSIMD_HALF(a, 0) * CSIMD_HALF(b, 0) + CSIMD_HALF(a, 1) * CSIMD_HALF(b, 1))
#endif
CSIMD_BYTE_PRODUCTS(4, 16, CSIMD_PAIRS_128)
CSIMD_LANES(4, 16)

#if defined(__AVX2__)
#define CSIMD_PAIRS_256(a, b) _mm256_madd_epi16((__m256i)(a), (__m256i)(b))
CSIMD_BYTE_PRODUCTS(8, 32, CSIMD_PAIRS_256)
CSIMD_LANES(8, 32)
#endif

#if defined(__AVX512VNNI__)
typedef int32_t csimd_int32x16 __attribute__((vector_size(64)));
static inline csimd_int32x16 csimd_add_byte_products_x16(csimd_int32x16 sums, csimd_int32x16 a, csimd_int32x16 b) {
    return (csimd_int32x16)_mm512_dpbusd_epi32((__m512i)sums, (__m512i)a, (__m512i)b);
}
#elif defined(__AVX512BW__)
#define CSIMD_PAIRS_512(a, b) _mm512_madd_epi16((__m512i)(a), (__m512i)(b))
CSIMD_BYTE_PRODUCTS(16, 64, CSIMD_PAIRS_512)
#endif
#if defined(__AVX512BW__)
CSIMD_LANES(16, 64)

typedef float csimd_sums __attribute__((vector_size(16)));

/// The sums of the lanes of four vectors, halves added to halves.
static inline csimd_sums csimd_sums_x16(
    csimd_float32x16 a, csimd_float32x16 b, csimd_float32x16 c, csimd_float32x16 d) {
    csimd_float32x16 ab = __builtin_shufflevector(a, b, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23)
        + __builtin_shufflevector(a, b, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31);
    csimd_float32x16 cd = __builtin_shufflevector(c, d, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23)
        + __builtin_shufflevector(c, d, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31);
    csimd_float32x16 fours = __builtin_shufflevector(ab, cd, 0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27)
        + __builtin_shufflevector(ab, cd, 4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, 30, 31);
    csimd_float32x16 twos =
        fours + __builtin_shufflevector(fours, fours, 2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13);
    csimd_float32x16 ones =
        twos + __builtin_shufflevector(twos, twos, 1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14);
    return __builtin_shufflevector(ones, ones, 0, 4, 8, 12);
}
#endif

/// Whether the products of AVX512-BF16 are faster than those of fp32. AMD's processors (Zen 4) do twice as many multiply-
/// adds a second; Intel's without AMX make several operations of each instruction and reach less than half as many (86
/// against 190 GFLOP/s on one core of a Sapphire Rapids).
static inline bool csimd_has_fast_bf16(void) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    return __builtin_cpu_is("amd");
#else
    return false;
#endif
}

#if defined(__AVX512BF16__)

/// `c + a.0 * b.0 + a.1 * b.1` in each lane, where a lane of `a` and `b` holds two bf16 numbers, the first in the low half.
static inline csimd_float32x16 csimd_bf16_dot_product(csimd_float32x16 c, csimd_float32x16 a, csimd_float32x16 b) {
    return (csimd_float32x16)_mm512_dpbf16_ps((__m512)c, (__m512bh)a, (__m512bh)b);
}
#endif

#if defined(__AMX_BF16__) && defined(__AMX_INT8__)
/// The numbers of two vectors rounded to bf16, to nearest, ties to even: pairs of numbers that follow each other.
static inline csimd_float32x16 csimd_bf16_row(csimd_float32x16 first, csimd_float32x16 second) {
    return (csimd_float32x16)_mm512_cvtne2ps_pbh((__m512)second, (__m512)first);
}

/// The same, but pairs of the numbers of equal places.
static inline csimd_float32x16 csimd_bf16_pairs(csimd_float32x16 first, csimd_float32x16 second) {
    typedef short shorts __attribute__((vector_size(64)));
    shorts x = (shorts)csimd_bf16_row(first, second);
    return (csimd_float32x16)__builtin_shufflevector(
        x, x, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14,
        30, 15, 31);
}

/// Exchanges rows and columns of 16 rows of 16 floats, `stride` floats apart.
static inline void csimd_transpose_x16(float *rows, long stride) {
    csimd_float32x16 x[16], y[16];
    for (int i = 0; i < 16; i++) { __builtin_memcpy(&x[i], rows + i * stride, 64); }
    // Four rows give, in each quarter, four columns of four numbers; then quarters change places.
    for (int i = 0; i < 16; i += 4) {
        __m512 a = _mm512_unpacklo_ps((__m512)x[i], (__m512)x[i + 1]);
        __m512 b = _mm512_unpackhi_ps((__m512)x[i], (__m512)x[i + 1]);
        __m512 c = _mm512_unpacklo_ps((__m512)x[i + 2], (__m512)x[i + 3]);
        __m512 d = _mm512_unpackhi_ps((__m512)x[i + 2], (__m512)x[i + 3]);
        y[i] = (csimd_float32x16)_mm512_unpacklo_pd((__m512d)a, (__m512d)c);
        y[i + 1] = (csimd_float32x16)_mm512_unpackhi_pd((__m512d)a, (__m512d)c);
        y[i + 2] = (csimd_float32x16)_mm512_unpacklo_pd((__m512d)b, (__m512d)d);
        y[i + 3] = (csimd_float32x16)_mm512_unpackhi_pd((__m512d)b, (__m512d)d);
    }
    for (int i = 0; i < 4; i++) {
        __m512 a = _mm512_shuffle_f32x4((__m512)y[i], (__m512)y[i + 4], 0x88);
        __m512 b = _mm512_shuffle_f32x4((__m512)y[i], (__m512)y[i + 4], 0xDD);
        __m512 c = _mm512_shuffle_f32x4((__m512)y[i + 8], (__m512)y[i + 12], 0x88);
        __m512 d = _mm512_shuffle_f32x4((__m512)y[i + 8], (__m512)y[i + 12], 0xDD);
        x[i] = (csimd_float32x16)_mm512_shuffle_f32x4(a, c, 0x88);
        x[i + 4] = (csimd_float32x16)_mm512_shuffle_f32x4(b, d, 0x88);
        x[i + 8] = (csimd_float32x16)_mm512_shuffle_f32x4(a, c, 0xDD);
        x[i + 12] = (csimd_float32x16)_mm512_shuffle_f32x4(b, d, 0xDD);
    }
    for (int i = 0; i < 16; i++) { __builtin_memcpy(rows + i * stride, &x[i], 64); }
}

/// The tiles of one step of a product: sums in two rows of two, tiles 0 to 3; the rows of the left operand in tiles 4
/// and 5, the columns of the right one in 6 and 7, each with 16 words of the depth: pairs of bf16 numbers, or four bytes.
///
/// - Parameters: the rows of the upper and the lower tiles, the columns of the left and the right ones, each 1 to 16.
static inline void csimd_tiles_configure(int upper, int lower, int left, int right) {
    struct {
        uint8_t palette, firstRow, reserved[14];
        uint16_t rowBytes[16];
        uint8_t rows[16];
    } shapes = {
        .palette = 1,
        .rowBytes = {4 * left, 4 * right, 4 * left, 4 * right, 64, 64, 4 * left, 4 * right},
        .rows = {upper, upper, lower, lower, upper, lower, 16, 16},
    };
    _tile_loadconfig(&shapes);
}

/// Gives the tiles up, so that the system does not save them when it changes threads.
static inline void csimd_tiles_release(void) { _tile_release(); }

/// Sets the sums to zero.
static inline void csimd_tiles_clear(void) {
    _tile_zero(0);
    _tile_zero(1);
    _tile_zero(2);
    _tile_zero(3);
}

/// Loads the sums from rows `stride` bytes apart; `lower` and `right` are the first row of the lower tiles and the first
/// column of the right ones in `c`.
static inline void csimd_tiles_load(const void *c, long stride, long lower, long right) {
    const char *first = (const char *)c, *second = first + lower * stride;
    _tile_loadd(0, first, stride);
    _tile_loadd(1, first + 4 * right, stride);
    _tile_loadd(2, second, stride);
    _tile_loadd(3, second + 4 * right, stride);
}

/// Stores the sums likewise.
static inline void csimd_tiles_store(void *c, long stride, long lower, long right) {
    char *first = (char *)c, *second = first + lower * stride;
    _tile_stored(0, first, stride);
    _tile_stored(1, first + 4 * right, stride);
    _tile_stored(2, second, stride);
    _tile_stored(3, second + 4 * right, stride);
}

/// Adds the products of 16 words of the depth: `csimd_tiles_add_products` of pairs of bf16 numbers, in each sum those
/// of the first numbers, those of the second ones, then both; `csimd_tiles_add_byte_products` of four bytes, unsigned on the
/// left, exact.
///
/// - Parameters: the rows of the left operand in the upper and the lower tiles, `aStride` bytes apart, and the columns of
///   the right one in the left and the right tiles, `bStride` bytes from word to word.
#define CSIMD_TILE_STEP(NAME, PRODUCTS)                                                                                \
    static inline void NAME(                                                                                           \
        const void *upper, const void *lower, long aStride, const void *left, const void *right, long bStride) {       \
        _tile_loadd(4, upper, aStride);                                                                                \
        _tile_loadd(6, left, bStride);                                                                                 \
        _tile_loadd(7, right, bStride);                                                                                \
        _tile_loadd(5, lower, aStride);                                                                                \
        PRODUCTS(0, 4, 6);                                                                                             \
        PRODUCTS(1, 4, 7);                                                                                             \
        PRODUCTS(2, 5, 6);                                                                                             \
        PRODUCTS(3, 5, 7);                                                                                             \
    }
CSIMD_TILE_STEP(csimd_tiles_add_products, _tile_dpbf16ps)
CSIMD_TILE_STEP(csimd_tiles_add_byte_products, _tile_dpbusd)
#endif

#endif
