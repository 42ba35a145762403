// The vector of this build, and the few operations on it that every kernel needs.
//
// These sources are built once per instruction set. They use pointers and SIMD values only: a specialisation of a
// generic type (an array, a closure) would be a weak symbol, and the linker may keep the copy of one instruction set
// for all of them. For the same reason every public function is marked `@inline(never)`: none may be inlined into a
// module that was built for another instruction set.

#if KERNELS_V4_BF16
    import CSIMD
#endif

#if KERNELS_V4
    typealias Vector = SIMD16<Float>
    typealias IntegerVector = SIMD16<Int32>
    typealias BitVector = SIMD16<UInt32>
#elseif KERNELS_V3
    typealias Vector = SIMD8<Float>
    typealias IntegerVector = SIMD8<Int32>
    typealias BitVector = SIMD8<UInt32>
#else
    typealias Vector = SIMD4<Float>
    typealias IntegerVector = SIMD4<Int32>
    typealias BitVector = SIMD4<UInt32>
#endif

/// The number of floats in a vector: 16, 8 or 4.
@inline(__always)
var lanes: Int { Vector.scalarCount }

/// `a * b + c`; fused where the instruction set has it, never a library call.
@inline(__always)
func multiplyAdd(_ a: Vector, _ b: Vector, _ c: Vector) -> Vector {
    #if KERNELS_GENERIC
        a * b + c
    #else
        c.addingProduct(a, b)
    #endif
}

/// One step of the depth of a matrix product: `a * b + c`. In the build for AVX512-BF16 a lane of `a` and `b` holds two
/// numbers, and both products are added.
@inline(__always)
func productStep(_ a: Vector, _ b: Vector, _ c: Vector) -> Vector {
    #if KERNELS_V4_BF16
        csimd_bf16_dot_product(c, a, b)
    #else
        multiplyAdd(a, b, c)
    #endif
}

@inline(__always)
func load(_ pointer: UnsafePointer<Float>) -> Vector {
    UnsafeRawPointer(pointer).loadUnaligned(as: Vector.self)
}

@inline(__always)
func load(_ pointer: UnsafeMutablePointer<Float>) -> Vector {
    UnsafeRawPointer(pointer).loadUnaligned(as: Vector.self)
}

/// The first `count` floats, fewer than a vector holds; the other lanes are `filler`.
@inline(__always)
func load(_ pointer: UnsafePointer<Float>, count: Int, filler: Float = 0) -> Vector {
    var vector = Vector(repeating: filler)
    for lane in 0..<count { vector[lane] = pointer[lane] }
    return vector
}

@inline(__always)
func store(_ vector: Vector, _ pointer: UnsafeMutablePointer<Float>) {
    UnsafeMutableRawPointer(pointer).storeBytes(of: vector, as: Vector.self)
}

@inline(__always)
func store(_ vector: Vector, _ pointer: UnsafeMutablePointer<Float>, count: Int) {
    for lane in 0..<count { pointer[lane] = vector[lane] }
}

@inline(__always)
func maximum(_ a: Vector, _ b: Vector) -> Vector {
    a.replacing(with: b, where: b .> a)
}

/// The sum of the lanes, halves added to halves.
@inline(__always)
func horizontalSum(_ vector: Vector) -> Float {
    #if KERNELS_V4
        let eight = vector.lowHalf + vector.highHalf
        let four = eight.lowHalf + eight.highHalf
    #elseif KERNELS_V3
        let four = vector.lowHalf + vector.highHalf
    #else
        let four = vector
    #endif
    let two = four.lowHalf + four.highHalf
    return two[0] + two[1]
}

@inline(__always)
func horizontalMaximum(_ vector: Vector) -> Float {
    #if KERNELS_V4
        let eight = vector.lowHalf.replacing(
            with: vector.highHalf, where: vector.highHalf .> vector.lowHalf)
        let four = eight.lowHalf.replacing(
            with: eight.highHalf, where: eight.highHalf .> eight.lowHalf)
    #elseif KERNELS_V3
        let four = vector.lowHalf.replacing(
            with: vector.highHalf, where: vector.highHalf .> vector.lowHalf)
    #else
        let four = vector
    #endif
    let two = four.lowHalf.replacing(with: four.highHalf, where: four.highHalf .> four.lowHalf)
    return two[0] > two[1] ? two[0] : two[1]
}

/// e to the power of each lane, for arguments of at most 88; below -87 the result is that of -87 (about 1.6e-38).
///
/// `x = n ln 2 + r` with `|r| <= ln 2 / 2`; `exp(r)` by its Taylor polynomial of degree 7, `2^n` by the exponent bits.
/// The relative error is under 3e-7.
@inline(__always)
func exponential(_ argument: Vector) -> Vector {
    let least = Vector(repeating: -87)
    let x = argument.replacing(with: least, where: argument .< least)
    // Adding 1.5 * 2^23 rounds to an integer, which then stands in the low bits of the sum.
    let magic = Vector(repeating: 12_582_912)
    let shifted = multiplyAdd(x, Vector(repeating: 1.442_695_04), magic)
    let n = shifted - magic
    var r = multiplyAdd(n, Vector(repeating: -0.693_145_75), x)
    r = multiplyAdd(n, Vector(repeating: -1.428_606_8e-6), r)
    var p = Vector(repeating: 1.984_127e-4)
    p = multiplyAdd(p, r, Vector(repeating: 1.388_888_9e-3))
    p = multiplyAdd(p, r, Vector(repeating: 8.333_333e-3))
    p = multiplyAdd(p, r, Vector(repeating: 4.166_666_7e-2))
    p = multiplyAdd(p, r, Vector(repeating: 1.666_666_7e-1))
    p = multiplyAdd(p, r, Vector(repeating: 0.5))
    p = multiplyAdd(p, r, Vector(repeating: 1))
    p = multiplyAdd(p, r, Vector(repeating: 1))
    let exponent =
        unsafeBitCast(shifted, to: IntegerVector.self)
        &- unsafeBitCast(magic, to: IntegerVector.self)
    let power = (exponent &+ 127) &<< 23
    return p * unsafeBitCast(power, to: Vector.self)
}
