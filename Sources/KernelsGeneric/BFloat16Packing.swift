// Packing of the operands of a matrix product in bf16. Where the instruction set multiplies bf16 numbers, two that follow
// each other along the depth share the place of a float, the first in the low half; elsewhere each number is widened to
// a float again, and the product is that of fp32. Either way its sums are fp32.
//
// bf16 is the upper half of a float: 8 bits of significand, the same exponents. Rounding is to nearest, ties to even
// (relative error at most 2^-9); not-a-number stays so.

/// How many numbers along the depth one place of a packed operand holds.
#if KERNELS_V4_BF16
    let bfloat16GroupSize = 2
#else
    let bfloat16GroupSize = 1
#endif

/// Places of a packed operand that a depth takes.
@inline(never)
public func bfloat16Places(_ depth: Int) -> Int {
    (depth + bfloat16GroupSize - 1) / bfloat16GroupSize
}

/// The floats rounded to bf16, in the upper halves of the lanes; the lower halves are zero.
@inline(__always)
func roundToBFloat16(_ x: Vector) -> BitVector {
    let bits = unsafeBitCast(x, to: BitVector.self)
    let rounded = bits &+ 0x7FFF &+ ((bits &>> 16) & 1)
    return rounded.replacing(with: bits | 0x40_0000, where: x .!= x) & 0xFFFF_0000
}

@inline(__always)
func roundToBFloat16(_ x: Float) -> UInt32 {
    let bits = x.bitPattern
    return (x == x ? bits &+ 0x7FFF &+ ((bits &>> 16) & 1) : bits | 0x40_0000) & 0xFFFF_0000
}

@inline(__always)
func store(_ bits: BitVector, _ pointer: UnsafeMutablePointer<Float>) {
    UnsafeMutableRawPointer(pointer).storeBytes(of: bits, as: BitVector.self)
}

/// Two numbers in one place; a second that is missing at the end of the depth is zero.
@inline(__always)
func pair(_ first: UInt32, _ second: UInt32) -> Float {
    Float(bitPattern: (first &>> 16) | second)
}

/// `packPanel` in bf16: place (k, j) of the panel holds `bfloat16GroupSize` numbers of column j from `k` times that on.
@inline(never)
public func packBFloat16Panel(
    _ depth: Int, _ columns: Int, _ b: UnsafePointer<Float>, _ depthStride: Int,
    _ columnStride: Int, _ panel: UnsafeMutablePointer<Float>
) {
    if columns == panelColumns && columnStride == 1 {
        return packWholePanel(depth, b, depthStride, panel)
    }
    #if KERNELS_V4_BF16
        let whole = depth / 2
        for j in 0..<columns {
            let source = b + j * columnStride
            for k in 0..<whole {
                panel[k * panelColumns + j] = pair(
                    roundToBFloat16(source[2 * k * depthStride]),
                    roundToBFloat16(source[(2 * k + 1) * depthStride]))
            }
            if depth % 2 == 1 {
                panel[whole * panelColumns + j] = pair(
                    roundToBFloat16(source[(depth - 1) * depthStride]), 0)
            }
        }
        let places = (depth + 1) / 2
    #else
        for j in 0..<columns {
            let source = b + j * columnStride
            for k in 0..<depth {
                panel[k * panelColumns + j] = Float(
                    bitPattern: roundToBFloat16(source[k * depthStride]))
            }
        }
        let places = depth
    #endif
    for j in columns..<panelColumns {
        for k in 0..<places { panel[k * panelColumns + j] = 0 }
    }
}

@inline(__always)
func packWholePanel(
    _ depth: Int, _ b: UnsafePointer<Float>, _ depthStride: Int,
    _ panel: UnsafeMutablePointer<Float>
) {
    #if KERNELS_V4_BF16
        for k in stride(from: 0, to: depth, by: 2) {
            let first = b + k * depthStride, target = panel + k / 2 * panelColumns
            var second0 = BitVector.zero, second1 = BitVector.zero
            if k + 1 < depth {
                second0 = roundToBFloat16(load(first + depthStride))
                second1 = roundToBFloat16(load(first + depthStride + lanes))
            }
            store((roundToBFloat16(load(first)) &>> 16) | second0, target)
            store((roundToBFloat16(load(first + lanes)) &>> 16) | second1, target + lanes)
        }
    #else
        for k in 0..<depth {
            let source = b + k * depthStride, target = panel + k * panelColumns
            store(roundToBFloat16(load(source)), target)
            store(roundToBFloat16(load(source + lanes)), target + lanes)
        }
    #endif
}

/// Packs rows of a left operand, element (i, k) at `i * rowStride + k`, into rows of as many places as the depth takes,
/// one after the other.
@inline(never)
public func packBFloat16Rows(
    _ rows: Int, _ depth: Int, _ a: UnsafePointer<Float>, _ rowStride: Int,
    _ places: UnsafeMutablePointer<Float>
) {
    let rowPlaces = bfloat16Places(depth)
    for row in 0..<rows {
        let source = a + row * rowStride, target = places + row * rowPlaces
        #if KERNELS_V4_BF16
            let whole = depth - depth % (2 * lanes)
            for k in stride(from: 0, to: whole, by: 2 * lanes) {
                // The upper halves of the lanes, one after the other, are the pairs.
                let first = unsafeBitCast(
                    roundToBFloat16(load(source + k)), to: SIMD32<UInt16>.self)
                let second = unsafeBitCast(
                    roundToBFloat16(load(source + k + lanes)), to: SIMD32<UInt16>.self)
                let pairs = SIMD32(lowHalf: first.oddHalf, highHalf: second.oddHalf)
                store(unsafeBitCast(pairs, to: BitVector.self), target + k / 2)
            }
            for k in stride(from: whole, to: depth, by: 2) {
                target[k / 2] = pair(
                    roundToBFloat16(source[k]),
                    k + 1 < depth ? roundToBFloat16(source[k + 1]) : 0)
            }
        #else
            let whole = depth - depth % lanes
            for k in stride(from: 0, to: whole, by: lanes) {
                store(roundToBFloat16(load(source + k)), target + k)
            }
            for k in whole..<depth {
                target[k] = Float(bitPattern: roundToBFloat16(source[k]))
            }
        #endif
    }
}

/// `packTransposedRows` in bf16: place (i, k) of tile t at `t * places * tileRows + k * tileRows + i`, with as many places
/// as the depth takes.
@inline(never)
public func packBFloat16TransposedRows(
    _ rows: Int, _ depth: Int, _ a: UnsafePointer<Float>, _ depthStride: Int,
    _ tiles: UnsafeMutablePointer<Float>
) {
    let places = bfloat16Places(depth)
    for first in stride(from: 0, to: places, by: packingSteps) {
        let end = min(places, first + packingSteps)
        var row = 0
        var target = tiles
        while row < rows {
            let height = min(tileRows, rows - row)
            let whole = max(first, min(end, vectorPlaces(places, height, depthStride)))
            for place in first..<whole {
                let source = a + place * bfloat16GroupSize * depthStride + row
                let to = target + place * tileRows
                for i in stride(from: 0, to: tileRows, by: lanes) {
                    #if KERNELS_V4_BF16
                        let second = roundToBFloat16(load(source + depthStride + i))
                        store((roundToBFloat16(load(source + i)) &>> 16) | second, to + i)
                    #else
                        store(roundToBFloat16(load(source + i)), to + i)
                    #endif
                }
            }
            for place in whole..<end {
                let k = place * bfloat16GroupSize
                let source = a + k * depthStride + row, to = target + place * tileRows
                for i in 0..<height {
                    #if KERNELS_V4_BF16
                        to[i] = pair(
                            roundToBFloat16(source[i]),
                            k + 1 < depth ? roundToBFloat16(source[depthStride + i]) : 0)
                    #else
                        to[i] = Float(bitPattern: roundToBFloat16(source[i]))
                    #endif
                }
                for i in height..<tileRows { to[i] = 0 }
            }
            row += tileRows
            target += places * tileRows
        }
    }
}
