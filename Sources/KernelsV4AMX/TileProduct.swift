// The matrix product of operands in bf16 by the tiles of AMX: 32 rows and 32 columns at a time, whose sums stay in four
// tiles over the depth of a block.
//
// Every element is a sum over the depth in an order of its own, that of its steps of 32, whatever its place in a tile
// and the number of rows. So the result does not depend on the number of rows, nor on how work is split.

import CSIMD

/// Rows of a step: of two tiles.
public let tileRows = 32

/// Columns of a panel of the packed right operand: of two tiles.
public let panelColumns = 32

/// Places of a packed operand that a step takes: as many pairs of numbers as a row of a tile holds.
let stepPlaces = 16

/// Places that a depth takes: pairs of numbers, up to a whole step.
@inline(never)
public func places(_ depth: Int) -> Int { (depth + 31) / 32 * stepPlaces }

/// `c [rows, columns] (+)= a [rows, depth] · b [depth, columns]` for one block.
///
/// - Parameters:
///   - places: of the depth, whole steps.
///   - a: row i of tile t at `t * aTileStride + i * aRowStride`, its places one after the other.
///   - b: the first panel; place (k, j) of panel p stands at `p * panelStride + k * panelColumns + j`.
///   - accumulate: whether the product is added to `c`.
@inline(never)
public func matrixBlock(
    _ rows: Int, _ columns: Int, _ places: Int,
    _ a: UnsafePointer<Float>, _ aTileStride: Int, _ aRowStride: Int, _: Int,
    _ b: UnsafePointer<Float>, _ panelStride: Int,
    _ c: UnsafeMutablePointer<Float>, _ cRowStride: Int, _ accumulate: Bool
) {
    // Row by row of tiles, so that the result is written in the order of memory.
    var shape = StepShape(height: 0, width: 0)
    var row = 0
    var tile = a
    while row < rows {
        var column = 0
        var panel = b
        while column < columns {
            let next = StepShape(
                height: min(tileRows, rows - row), width: min(panelColumns, columns - column))
            if next.height != shape.height || next.width != shape.width {
                shape = next
                shape.configure()
            }
            tileStep(
                shape, places, tile, aRowStride, panel, c + row * cRowStride + column, cRowStride,
                accumulate)
            column += panelColumns
            panel += panelStride
        }
        row += tileRows
        tile += aTileStride
    }
    csimd_tiles_release()
}

/// How rows and columns are shared by two tiles each. Where one suffices, the second is a copy of it, which computes and
/// stores the same numbers once more.
struct StepShape {
    let height: Int
    let width: Int

    /// The first row of the lower tiles.
    var lower: Int { height > 16 ? 16 : 0 }
    /// The first column of the right tiles.
    var right: Int { width > 16 ? 16 : 0 }

    func configure() {
        csimd_tiles_configure(
            Int32(min(16, height)), Int32(height - lower), Int32(min(16, width)),
            Int32(width - right))
    }
}

@inline(__always)
private func tileStep(
    _ shape: StepShape, _ places: Int, _ a: UnsafePointer<Float>, _ aRowStride: Int,
    _ panel: UnsafePointer<Float>, _ c: UnsafeMutablePointer<Float>, _ cRowStride: Int,
    _ accumulate: Bool
) {
    if accumulate {
        csimd_tiles_load(c, 4 * cRowStride, shape.lower, shape.right)
    } else {
        csimd_tiles_clear()
    }
    let lowerRows = a + shape.lower * aRowStride, rightColumns = panel + shape.right
    for place in stride(from: 0, to: places, by: stepPlaces) {
        csimd_tiles_add_products(
            a + place, lowerRows + place, 4 * aRowStride, panel + place * panelColumns,
            rightColumns + place * panelColumns, 4 * panelColumns)
    }
    csimd_tiles_store(c, 4 * cRowStride, shape.lower, shape.right)
}
