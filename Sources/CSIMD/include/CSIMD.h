#ifndef CSIMD_H
#define CSIMD_H

#include <stdbool.h>
#include <stdint.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

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
typedef float csimd_float16 __attribute__((vector_size(64)));

/// `c + a.0 * b.0 + a.1 * b.1` in each lane, where a lane of `a` and `b` holds two bf16 numbers, the first in the low half.
static inline csimd_float16 csimd_bf16_dot_product(csimd_float16 c, csimd_float16 a, csimd_float16 b) {
    return (csimd_float16)_mm512_dpbf16_ps((__m512)c, (__m512bh)a, (__m512bh)b);
}
#endif

#endif
