// The matrix product in 8 bits: exact sums of products of bytes, scaled when they leave the registers.
//
// The left operand is unsigned, 128 standing for zero, as the instruction for it wants; the sums of a column therefore
// begin with a correction, -128 times the sum of the column. Four neighbours in the depth make one 32-bit word.
//
// The register tile has 6 rows and 2 vectors.

import CSIMD

/// Rows of a register tile.
private let int8TileRows = 6

/// Columns of a panel of the right operand: two vectors.
public let int8PanelColumns = 2 * Vector.scalarCount

/// Adds to each lane the four products of the unsigned bytes of `a` and the signed bytes of `b`.
@inline(__always)
func addByteProducts(
    _ sums: IntegerVector, _ a: IntegerVector, _ b: IntegerVector
) -> IntegerVector {
    #if KERNELS_V4
        csimd_add_byte_products_x16(sums, a, b)
    #elseif KERNELS_V3
        csimd_add_byte_products_x8(sums, a, b)
    #else
        csimd_add_byte_products_x4(sums, a, b)
    #endif
}

@inline(__always)
func floats(_ integers: IntegerVector) -> Vector {
    #if KERNELS_V4
        csimd_floats_x16(integers)
    #elseif KERNELS_V3
        csimd_floats_x8(integers)
    #else
        csimd_floats_x4(integers)
    #endif
}

@inline(__always)
func load(_ pointer: UnsafePointer<Int32>) -> IntegerVector {
    UnsafeRawPointer(pointer).loadUnaligned(as: IntegerVector.self)
}

/// `c [rows, columns] = base + max(floor, sums * row scale * column scale + bias)` with the exact sums of
/// `a [rows, 4 * words] · b [4 * words, columns]`.
///
/// - Parameters:
///   - a: rows of `words` words of unsigned bytes.
///   - rowScales: one for each row.
///   - b: panels as `packBytePanel` makes them, one after the other.
///   - corrections, columnScales: one for each column, filled up to whole panels.
///   - bias: one for each column, if any.
///   - base: what is added to at last, if anything; its rows are as far apart as those of `c`.
@inline(never)
public func int8MatrixBlock(
    _ rows: Int, _ columns: Int, _ words: Int,
    _ a: UnsafePointer<Int32>, _ rowScales: UnsafePointer<Float>,
    _ b: UnsafePointer<Int32>, _ corrections: UnsafePointer<Int32>,
    _ columnScales: UnsafePointer<Float>, _ bias: UnsafePointer<Float>?, _ floor: Float,
    _ base: UnsafePointer<Float>?, _ c: UnsafeMutablePointer<Float>, _ cRowStride: Int
) {
    let panelStride = words * int8PanelColumns
    let least = Vector(repeating: floor)
    var column = 0
    var panel = b
    if rows == 1 {
        while column + 4 * int8PanelColumns <= columns {
            int8RowOfFourPanels(
                words, a, rowScales[0], panel, panelStride, corrections + column,
                columnScales + column, advanced(bias, column), least, advanced(base, column),
                c + column)
            column += 4 * int8PanelColumns
            panel += 4 * panelStride
        }
    }
    var edge = Int8EdgeTile()
    withUnsafeMutableBytes(of: &edge) { bytes in
        let scratch = bytes.baseAddress!.assumingMemoryBound(to: Float.self)
        while column < columns {
            int8Panel(
                rows, min(int8PanelColumns, columns - column), words, a, rowScales, panel,
                corrections + column, columnScales + column, advanced(bias, column), floor,
                advanced(base, column), c + column, cRowStride, scratch)
            column += int8PanelColumns
            panel += panelStride
        }
    }
}

/// A pointer `count` numbers further on, if there is one.
@inline(__always)
func advanced(_ pointer: UnsafePointer<Float>?, _ count: Int) -> UnsafePointer<Float>? {
    guard let pointer else { return nil }
    return pointer + count
}

/// All rows of one panel's columns.
///
/// - Parameter scratch: room for one tile.
@inline(never)
func int8Panel(
    _ rows: Int, _ width: Int, _ words: Int,
    _ a: UnsafePointer<Int32>, _ rowScales: UnsafePointer<Float>,
    _ panel: UnsafePointer<Int32>, _ corrections: UnsafePointer<Int32>,
    _ columnScales: UnsafePointer<Float>, _ bias: UnsafePointer<Float>?, _ floor: Float,
    _ base: UnsafePointer<Float>?, _ c: UnsafeMutablePointer<Float>, _ cRowStride: Int,
    _ scratch: UnsafeMutablePointer<Float>
) {
    let least = Vector(repeating: floor)
    let scale0 = load(columnScales), scale1 = load(columnScales + lanes)
    var bias0 = Vector.zero, bias1 = Vector.zero
    if let bias {
        if width == int8PanelColumns {
            bias0 = load(bias)
            bias1 = load(bias + lanes)
        } else {
            let first = min(lanes, width)
            bias0 = load(bias, count: first)
            bias1 = load(bias + first, count: width - first)
        }
    }
    var row = 0
    while row < rows {
        let height = min(int8TileRows, rows - row)
        let target = c + row * cRowStride
        let isWhole = height == int8TileRows && width == int8PanelColumns
        let addends = advanced(base, row * cRowStride)
        int8Tile(
            words, height, a + row * words, rowScales + row, panel, corrections, scale0, scale1,
            bias0, bias1, least, isWhole ? addends : nil, isWhole ? target : scratch,
            isWhole ? cRowStride : int8PanelColumns)
        if !isWhole {
            for i in 0..<height {
                let result = scratch + i * int8PanelColumns
                if let addends {
                    for j in 0..<width { result[j] += addends[i * cRowStride + j] }
                }
                (target + i * cRowStride).update(from: result, count: width)
            }
        }
        row += int8TileRows
    }
}

/// Room for the results of one tile: 6 rows of 2 vectors.
private struct Int8EdgeTile {
    var vectors:
        (
            Vector, Vector, Vector, Vector, Vector, Vector, Vector, Vector, Vector, Vector, Vector,
            Vector
        ) = (
            .zero, .zero, .zero, .zero, .zero, .zero, .zero, .zero, .zero, .zero, .zero, .zero
        )
}

/// One tile; rows from `height` on repeat the first and are to be ignored.
@inline(__always)
private func int8Tile(
    _ words: Int, _ height: Int, _ a: UnsafePointer<Int32>, _ rowScales: UnsafePointer<Float>,
    _ panel: UnsafePointer<Int32>, _ corrections: UnsafePointer<Int32>,
    _ scale0: Vector, _ scale1: Vector, _ bias0: Vector, _ bias1: Vector, _ floor: Vector,
    _ base: UnsafePointer<Float>?, _ c: UnsafeMutablePointer<Float>, _ stride: Int
) {
    let (r1, r2, r3) = (height > 1 ? 1 : 0, height > 2 ? 2 : 0, height > 3 ? 3 : 0)
    let (r4, r5) = (height > 4 ? 4 : 0, height > 5 ? 5 : 0)
    let a1 = a + r1 * words, a2 = a + r2 * words, a3 = a + r3 * words
    let a4 = a + r4 * words, a5 = a + r5 * words
    let first = load(corrections), second = load(corrections + lanes)
    var c00 = first, c01 = second, c10 = first, c11 = second
    var c20 = first, c21 = second, c30 = first, c31 = second
    var c40 = first, c41 = second, c50 = first, c51 = second
    var b = panel
    for k in 0..<words {
        let b0 = load(b), b1 = load(b + lanes)
        var x = IntegerVector(repeating: a[k])
        c00 = addByteProducts(c00, x, b0)
        c01 = addByteProducts(c01, x, b1)
        x = IntegerVector(repeating: a1[k])
        c10 = addByteProducts(c10, x, b0)
        c11 = addByteProducts(c11, x, b1)
        x = IntegerVector(repeating: a2[k])
        c20 = addByteProducts(c20, x, b0)
        c21 = addByteProducts(c21, x, b1)
        x = IntegerVector(repeating: a3[k])
        c30 = addByteProducts(c30, x, b0)
        c31 = addByteProducts(c31, x, b1)
        x = IntegerVector(repeating: a4[k])
        c40 = addByteProducts(c40, x, b0)
        c41 = addByteProducts(c41, x, b1)
        x = IntegerVector(repeating: a5[k])
        c50 = addByteProducts(c50, x, b0)
        c51 = addByteProducts(c51, x, b1)
        b += 2 * lanes
    }
    store(scaled(c00, rowScales[0], scale0, bias0, floor), addingTo: base, c, at: 0)
    store(scaled(c01, rowScales[0], scale1, bias1, floor), addingTo: base, c, at: lanes)
    store(scaled(c10, rowScales[r1], scale0, bias0, floor), addingTo: base, c, at: stride)
    store(scaled(c11, rowScales[r1], scale1, bias1, floor), addingTo: base, c, at: stride + lanes)
    store(scaled(c20, rowScales[r2], scale0, bias0, floor), addingTo: base, c, at: 2 * stride)
    store(
        scaled(c21, rowScales[r2], scale1, bias1, floor), addingTo: base, c, at: 2 * stride + lanes)
    store(scaled(c30, rowScales[r3], scale0, bias0, floor), addingTo: base, c, at: 3 * stride)
    store(
        scaled(c31, rowScales[r3], scale1, bias1, floor), addingTo: base, c, at: 3 * stride + lanes)
    store(scaled(c40, rowScales[r4], scale0, bias0, floor), addingTo: base, c, at: 4 * stride)
    store(
        scaled(c41, rowScales[r4], scale1, bias1, floor), addingTo: base, c, at: 4 * stride + lanes)
    store(scaled(c50, rowScales[r5], scale0, bias0, floor), addingTo: base, c, at: 5 * stride)
    store(
        scaled(c51, rowScales[r5], scale1, bias1, floor), addingTo: base, c, at: 5 * stride + lanes)
}

/// The results of one vector of sums.
@inline(__always)
func scaled(
    _ sums: IntegerVector, _ rowScale: Float, _ columnScales: Vector, _ bias: Vector,
    _ floor: Vector
) -> Vector {
    maximum(
        multiplyAdd(floats(sums) * columnScales, Vector(repeating: rowScale), bias), floor)
}

/// Stores a vector of results, added to the base if there is one.
@inline(__always)
func store(
    _ result: Vector, addingTo base: UnsafePointer<Float>?, _ c: UnsafeMutablePointer<Float>,
    at place: Int
) {
    if let base { store(load(base + place) + result, c + place) } else { store(result, c + place) }
}

/// A single row: four panels at a time keep eight chains in flight.
@inline(__always)
private func int8RowOfFourPanels(
    _ words: Int, _ a: UnsafePointer<Int32>, _ rowScale: Float,
    _ panels: UnsafePointer<Int32>, _ panelStride: Int, _ corrections: UnsafePointer<Int32>,
    _ columnScales: UnsafePointer<Float>, _ bias: UnsafePointer<Float>?, _ floor: Vector,
    _ base: UnsafePointer<Float>?, _ c: UnsafeMutablePointer<Float>
) {
    var c0 = load(corrections), c1 = load(corrections + lanes)
    var c2 = load(corrections + 2 * lanes), c3 = load(corrections + 3 * lanes)
    var c4 = load(corrections + 4 * lanes), c5 = load(corrections + 5 * lanes)
    var c6 = load(corrections + 6 * lanes), c7 = load(corrections + 7 * lanes)
    let p1 = panels + panelStride, p2 = p1 + panelStride, p3 = p2 + panelStride
    var place = 0
    for k in 0..<words {
        let x = IntegerVector(repeating: a[k])
        c0 = addByteProducts(c0, x, load(panels + place))
        c1 = addByteProducts(c1, x, load(panels + place + lanes))
        c2 = addByteProducts(c2, x, load(p1 + place))
        c3 = addByteProducts(c3, x, load(p1 + place + lanes))
        c4 = addByteProducts(c4, x, load(p2 + place))
        c5 = addByteProducts(c5, x, load(p2 + place + lanes))
        c6 = addByteProducts(c6, x, load(p3 + place))
        c7 = addByteProducts(c7, x, load(p3 + place + lanes))
        place += 2 * lanes
    }
    storeScaled(c0, rowScale, 0, columnScales, bias, floor, base, c)
    storeScaled(c1, rowScale, 1, columnScales, bias, floor, base, c)
    storeScaled(c2, rowScale, 2, columnScales, bias, floor, base, c)
    storeScaled(c3, rowScale, 3, columnScales, bias, floor, base, c)
    storeScaled(c4, rowScale, 4, columnScales, bias, floor, base, c)
    storeScaled(c5, rowScale, 5, columnScales, bias, floor, base, c)
    storeScaled(c6, rowScale, 6, columnScales, bias, floor, base, c)
    storeScaled(c7, rowScale, 7, columnScales, bias, floor, base, c)
}

/// Stores the results of the vector of columns with this index.
@inline(__always)
private func storeScaled(
    _ sums: IntegerVector, _ rowScale: Float, _ index: Int,
    _ columnScales: UnsafePointer<Float>, _ bias: UnsafePointer<Float>?, _ floor: Vector,
    _ base: UnsafePointer<Float>?, _ c: UnsafeMutablePointer<Float>
) {
    let column = index * lanes
    var addend = Vector.zero
    if let bias { addend = load(bias + column) }
    store(
        scaled(sums, rowScale, load(columnScales + column), addend, floor), addingTo: base, c,
        at: column)
}

/// Rounds each row to 8 bits: `x ≈ scale * q` with `q` in -127...127, where the largest magnitude becomes 127. Halves are
/// rounded to even.
///
/// - Parameters:
///   - bytes: receives `zero + q`, rows of `4 * words` bytes; those that `columns` does not fill are `zero`.
///   - scales: receives one for each row.
@inline(never)
public func quantizeRows(
    _ rows: Int, _ columns: Int, _ x: UnsafePointer<Float>, _ words: Int, _ zero: Int32,
    _ bytes: UnsafeMutablePointer<Int32>, _ scales: UnsafeMutablePointer<Float>
) {
    // Adding 1.5 * 2^23 rounds to an integer, which then stands in the low bits of the sum.
    let magic = Vector(repeating: 12_582_912)
    let offset = IntegerVector(repeating: zero)
    let whole = columns - columns % lanes
    for row in 0..<rows {
        let source = x + row * columns
        let target = UnsafeMutableRawPointer(bytes + row * words)
        // Of numbers without a sign, the larger one has the larger bits; what is not finite is above all.
        var largest = IntegerVector.zero, second = IntegerVector.zero
        var third = IntegerVector.zero, fourth = IntegerVector.zero
        var column = 0
        while column + 4 * lanes <= columns {
            largest = maximum(largest, magnitude(load(source + column)))
            second = maximum(second, magnitude(load(source + column + lanes)))
            third = maximum(third, magnitude(load(source + column + 2 * lanes)))
            fourth = maximum(fourth, magnitude(load(source + column + 3 * lanes)))
            column += 4 * lanes
        }
        largest = maximum(maximum(largest, second), maximum(third, fourth))
        while column < whole {
            largest = maximum(largest, magnitude(load(source + column)))
            column += lanes
        }
        if whole < columns {
            largest = maximum(largest, magnitude(load(source + whole, count: columns - whole)))
        }
        let top = Float(bitPattern: UInt32(bitPattern: largestLane(largest)))
        scales[row] = top / 127
        let factor = Vector(repeating: top > 0 ? 127 / top : 0)
        column = 0
        while column < whole {
            let shifted = load(source + column) * factor + magic
            storeLowBytes(
                unsafeBitCast(shifted, to: IntegerVector.self) &+ offset, target + column)
            column += lanes
        }
        if whole < 4 * words {
            let rest = load(source + whole, count: columns - whole) * factor + magic
            let integers = unsafeBitCast(rest, to: IntegerVector.self) &+ offset
            for column in whole..<4 * words {
                // Words end within a vector's length behind the last whole one.
                (target + column).storeBytes(
                    of: UInt8(truncatingIfNeeded: integers[column - whole]), as: UInt8.self)
            }
        }
    }
}

/// The bits without the sign.
@inline(__always)
func magnitude(_ x: Vector) -> IntegerVector {
    unsafeBitCast(x, to: IntegerVector.self) & IntegerVector(repeating: 0x7FFF_FFFF)
}

@inline(__always)
func maximum(_ a: IntegerVector, _ b: IntegerVector) -> IntegerVector {
    a.replacing(with: b, where: b .> a)
}

@inline(__always)
func largestLane(_ x: IntegerVector) -> Int32 {
    #if KERNELS_V4
        csimd_largest_x16(x)
    #elseif KERNELS_V3
        csimd_largest_x8(x)
    #else
        csimd_largest_x4(x)
    #endif
}

@inline(__always)
func storeLowBytes(_ x: IntegerVector, _ pointer: UnsafeMutableRawPointer) {
    #if KERNELS_V4
        pointer.storeBytes(of: csimd_low_bytes_x16(x), as: SIMD16<UInt8>.self)
    #elseif KERNELS_V3
        pointer.storeBytes(of: csimd_low_bytes_x8(x), as: SIMD8<UInt8>.self)
    #else
        pointer.storeBytes(of: csimd_low_bytes_x4(x), as: SIMD4<UInt8>.self)
    #endif
}

/// Packs columns of a right operand, each a row of `words` words of signed bytes, into one panel: word k of column j
/// stands at `k * int8PanelColumns + j`; columns that are missing are zero.
///
/// - Parameter corrections: receives -128 times the sum of each of the panel's columns.
@inline(never)
public func packBytePanel(
    _ words: Int, _ columns: Int, _ bytes: UnsafePointer<Int32>,
    _ panel: UnsafeMutablePointer<Int32>, _ corrections: UnsafeMutablePointer<Int32>
) {
    let width = int8PanelColumns
    for j in 0..<width {
        if j < columns {
            let source = bytes + j * words
            for k in 0..<words { panel[k * width + j] = source[k] }
        } else {
            for k in 0..<words { panel[k * width + j] = 0 }
        }
    }
    // The products with 128 in every byte.
    let zeros = IntegerVector(repeating: -0x7F7F_7F80)
    var sums0 = IntegerVector.zero, sums1 = IntegerVector.zero
    for k in 0..<words {
        sums0 = addByteProducts(sums0, zeros, load(UnsafePointer(panel + k * width)))
        sums1 = addByteProducts(sums1, zeros, load(UnsafePointer(panel + k * width + lanes)))
    }
    for lane in 0..<lanes {
        corrections[lane] = 0 &- sums0[lane]
        corrections[lanes + lane] = 0 &- sums1[lane]
    }
}
