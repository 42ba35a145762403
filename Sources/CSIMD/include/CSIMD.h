#ifndef CSIMD_H
#define CSIMD_H

#include <stdbool.h>

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

#endif
