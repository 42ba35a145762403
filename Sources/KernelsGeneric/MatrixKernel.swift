// The matrix product: one register tile of 6 rows and 2 vectors for every instruction set. Its 12 accumulators hide
// the latency of the multiply-add and fit the 16 registers of the generic and v3 levels.
//
// The build for AVX512-BF16 has the same tile over pairs of bf16 numbers, each pair in the place of a float.
//
// Every element of the result is one chain of multiply-adds over the depth in rising order, in the tile, at its edges
// and in the single row alike. So the result does not depend on the number of rows, nor on how work is split.

/// Rows of a register tile.
public let tileRows = 6

/// Columns of a panel of the packed right operand: two vectors.
public let panelColumns = 2 * Vector.scalarCount

/// `c [rows, columns] (+)= a [rows, depth] · b [depth, columns]` for one block.
///
/// - Parameters:
///   - a: element (i, k) of tile t stands at `t * aTileStride + i * aRowStride + k * aDepthStride`.
///   - b: the first panel; element (k, j) of panel p stands at `p * panelStride + k * panelColumns + j`, padded with
///     zeros to whole panels.
///   - accumulate: whether the product is added to `c`.
@inline(never)
public func matrixBlock(
    _ rows: Int, _ columns: Int, _ depth: Int,
    _ a: UnsafePointer<Float>, _ aTileStride: Int, _ aRowStride: Int, _ aDepthStride: Int,
    _ b: UnsafePointer<Float>, _ panelStride: Int,
    _ c: UnsafeMutablePointer<Float>, _ cRowStride: Int, _ accumulate: Bool
) {
    if rows == 1 {
        return matrixRow(columns, depth, a, aDepthStride, b, panelStride, c, accumulate)
    }
    var edge = EdgeTile()
    withUnsafeMutableBytes(of: &edge) { bytes in
        let scratch = bytes.baseAddress!.assumingMemoryBound(to: Float.self)
        var column = 0
        var panel = b
        while column < columns {
            let width = min(panelColumns, columns - column)
            var row = 0
            var tile = a
            while row < rows {
                let height = min(tileRows, rows - row)
                let target = c + row * cRowStride + column
                if height == tileRows && width == panelColumns {
                    matrixTile(
                        depth, tileRows, tile, aRowStride, aDepthStride, panel, target, cRowStride,
                        accumulate)
                } else {
                    if accumulate {
                        copy(target, cRowStride, scratch, panelColumns, height, width)
                    }
                    matrixTile(
                        depth, height, tile, aRowStride, aDepthStride, panel, scratch, panelColumns,
                        accumulate)
                    copy(scratch, panelColumns, target, cRowStride, height, width)
                }
                row += tileRows
                tile += aTileStride
            }
            column += panelColumns
            panel += panelStride
        }
    }
}

/// Room for one tile: 6 rows of 2 vectors.
private struct EdgeTile {
    var vectors:
        (
            Vector, Vector, Vector, Vector, Vector, Vector, Vector, Vector, Vector, Vector, Vector,
            Vector
        ) = (
            .zero, .zero, .zero, .zero, .zero, .zero, .zero, .zero, .zero, .zero, .zero, .zero
        )
}

@inline(__always)
func copy(
    _ source: UnsafePointer<Float>, _ sourceStride: Int,
    _ target: UnsafeMutablePointer<Float>, _ targetStride: Int, _ rows: Int, _ columns: Int
) {
    for row in 0..<rows {
        for column in 0..<columns {
            target[row * targetStride + column] = source[row * sourceStride + column]
        }
    }
}

/// One full tile; rows from `height` on repeat the first and are to be ignored.
@inline(__always)
func matrixTile(
    _ depth: Int, _ height: Int,
    _ a: UnsafePointer<Float>, _ aRowStride: Int, _ aDepthStride: Int,
    _ panel: UnsafePointer<Float>,
    _ c: UnsafeMutablePointer<Float>, _ stride: Int, _ accumulate: Bool
) {
    let a0 = a
    let a1 = height > 1 ? a + aRowStride : a
    let a2 = height > 2 ? a + 2 * aRowStride : a
    let a3 = height > 3 ? a + 3 * aRowStride : a
    let a4 = height > 4 ? a + 4 * aRowStride : a
    let a5 = height > 5 ? a + 5 * aRowStride : a
    var c00 = Vector.zero, c01 = Vector.zero, c10 = Vector.zero, c11 = Vector.zero
    var c20 = Vector.zero, c21 = Vector.zero, c30 = Vector.zero, c31 = Vector.zero
    var c40 = Vector.zero, c41 = Vector.zero, c50 = Vector.zero, c51 = Vector.zero
    if accumulate {
        c00 = load(c); c01 = load(c + lanes)
        c10 = load(c + stride); c11 = load(c + stride + lanes)
        c20 = load(c + 2 * stride); c21 = load(c + 2 * stride + lanes)
        c30 = load(c + 3 * stride); c31 = load(c + 3 * stride + lanes)
        c40 = load(c + 4 * stride); c41 = load(c + 4 * stride + lanes)
        c50 = load(c + 5 * stride); c51 = load(c + 5 * stride + lanes)
    }
    var b = panel
    var k = 0
    for _ in 0..<depth {
        let b0 = load(b), b1 = load(b + lanes)
        var x = Vector(repeating: a0[k])
        c00 = productStep(x, b0, c00)
        c01 = productStep(x, b1, c01)
        x = Vector(repeating: a1[k])
        c10 = productStep(x, b0, c10)
        c11 = productStep(x, b1, c11)
        x = Vector(repeating: a2[k])
        c20 = productStep(x, b0, c20)
        c21 = productStep(x, b1, c21)
        x = Vector(repeating: a3[k])
        c30 = productStep(x, b0, c30)
        c31 = productStep(x, b1, c31)
        x = Vector(repeating: a4[k])
        c40 = productStep(x, b0, c40)
        c41 = productStep(x, b1, c41)
        x = Vector(repeating: a5[k])
        c50 = productStep(x, b0, c50)
        c51 = productStep(x, b1, c51)
        b += 2 * lanes
        k += aDepthStride
    }
    store(c00, c); store(c01, c + lanes)
    store(c10, c + stride); store(c11, c + stride + lanes)
    store(c20, c + 2 * stride); store(c21, c + 2 * stride + lanes)
    store(c30, c + 3 * stride); store(c31, c + 3 * stride + lanes)
    store(c40, c + 4 * stride); store(c41, c + 4 * stride + lanes)
    store(c50, c + 5 * stride); store(c51, c + 5 * stride + lanes)
}

/// A single row: four panels at a time keep eight chains in flight.
@inline(__always)
func matrixRow(
    _ columns: Int, _ depth: Int, _ a: UnsafePointer<Float>, _ aDepthStride: Int,
    _ b: UnsafePointer<Float>, _ panelStride: Int, _ c: UnsafeMutablePointer<Float>,
    _ accumulate: Bool
) {
    var column = 0
    var panel = b
    while column + 4 * panelColumns <= columns {
        rowOfFourPanels(depth, a, aDepthStride, panel, panelStride, c + column, accumulate)
        column += 4 * panelColumns
        panel += 4 * panelStride
    }
    while column < columns {
        let target = c + column
        let first = min(lanes, columns - column)
        let second = min(lanes, columns - column - first)
        var c0 = accumulate ? load(target, count: first) : .zero
        var c1 = accumulate ? load(target + first, count: second) : .zero
        var p = panel
        for k in 0..<depth {
            let x = Vector(repeating: a[k * aDepthStride])
            c0 = productStep(x, load(p), c0)
            c1 = productStep(x, load(p + lanes), c1)
            p += panelColumns
        }
        store(c0, target, count: first)
        store(c1, target + first, count: second)
        column += panelColumns
        panel += panelStride
    }
}

@inline(__always)
func rowOfFourPanels(
    _ depth: Int, _ a: UnsafePointer<Float>, _ aDepthStride: Int,
    _ b: UnsafePointer<Float>, _ panelStride: Int, _ c: UnsafeMutablePointer<Float>,
    _ accumulate: Bool
) {
    var c0 = Vector.zero, c1 = Vector.zero, c2 = Vector.zero, c3 = Vector.zero
    var c4 = Vector.zero, c5 = Vector.zero, c6 = Vector.zero, c7 = Vector.zero
    if accumulate {
        c0 = load(c); c1 = load(c + lanes); c2 = load(c + 2 * lanes); c3 = load(c + 3 * lanes)
        c4 = load(c + 4 * lanes); c5 = load(c + 5 * lanes); c6 = load(c + 6 * lanes)
        c7 = load(c + 7 * lanes)
    }
    var p0 = b, p1 = b + panelStride, p2 = b + 2 * panelStride, p3 = b + 3 * panelStride
    for k in 0..<depth {
        let x = Vector(repeating: a[k * aDepthStride])
        c0 = productStep(x, load(p0), c0)
        c1 = productStep(x, load(p0 + lanes), c1)
        c2 = productStep(x, load(p1), c2)
        c3 = productStep(x, load(p1 + lanes), c3)
        c4 = productStep(x, load(p2), c4)
        c5 = productStep(x, load(p2 + lanes), c5)
        c6 = productStep(x, load(p3), c6)
        c7 = productStep(x, load(p3 + lanes), c7)
        p0 += panelColumns
        p1 += panelColumns
        p2 += panelColumns
        p3 += panelColumns
    }
    store(c0, c); store(c1, c + lanes); store(c2, c + 2 * lanes); store(c3, c + 3 * lanes)
    store(c4, c + 4 * lanes); store(c5, c + 5 * lanes); store(c6, c + 6 * lanes)
    store(c7, c + 7 * lanes)
}

/// Packs `columns` (at most a panel's) of a right operand into one panel: element (k, j) of the operand stands at
/// `k * depthStride + j * columnStride`; missing columns become zeros.
@inline(never)
public func packPanel(
    _ depth: Int, _ columns: Int, _ b: UnsafePointer<Float>, _ depthStride: Int,
    _ columnStride: Int, _ panel: UnsafeMutablePointer<Float>
) {
    if columns == panelColumns && columnStride == 1 {
        for k in 0..<depth {
            let source = b + k * depthStride, target = panel + k * panelColumns
            store(load(source), target)
            store(load(source + lanes), target + lanes)
        }
        return
    }
    for j in 0..<columns {
        let source = b + j * columnStride
        for k in 0..<depth { panel[k * panelColumns + j] = source[k * depthStride] }
    }
    for j in columns..<panelColumns {
        for k in 0..<depth { panel[k * panelColumns + j] = 0 }
    }
}

/// Packs rows of a left operand that is stored transposed, element (i, k) at `k * depthStride + i`, into tiles:
/// element (i, k) of tile t at `t * depth * tileRows + k * tileRows + i`. Missing rows become zeros.
@inline(never)
public func packTransposedRows(
    _ rows: Int, _ depth: Int, _ a: UnsafePointer<Float>, _ depthStride: Int,
    _ tiles: UnsafeMutablePointer<Float>
) {
    // A few steps of the depth at a time: a line of the operand is still in the cache when the next tile needs it.
    for first in stride(from: 0, to: depth, by: packingSteps) {
        let end = min(depth, first + packingSteps)
        var row = 0
        var target = tiles
        while row < rows {
            let height = min(tileRows, rows - row)
            let whole = max(first, min(end, vectorPlaces(depth, height, depthStride)))
            for k in first..<whole {
                let source = a + k * depthStride + row, to = target + k * tileRows
                for i in stride(from: 0, to: tileRows, by: lanes) {
                    store(load(source + i), to + i)
                }
            }
            for k in whole..<end {
                for i in 0..<height { target[k * tileRows + i] = a[k * depthStride + row + i] }
                for i in height..<tileRows { target[k * tileRows + i] = 0 }
            }
            row += tileRows
            target += depth * tileRows
        }
    }
}

/// Steps of the depth that are packed for all tiles before the next ones.
@inline(__always)
var packingSteps: Int { 8 }

/// How many places of a tile may be packed by whole vectors: these are longer than the rows of a tile, so that they read
/// some of the next rows, and write some of the next places, which are written after them. The last places have none.
@inline(__always)
func vectorPlaces(_ places: Int, _ height: Int, _ depthStride: Int) -> Int {
    height == tileRows && depthStride >= 2 * lanes ? max(0, places - 3) : 0
}
