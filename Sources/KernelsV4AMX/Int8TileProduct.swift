// The matrix product in 8 bits by the tiles of AMX: 32 rows and 32 columns at a time. The sums are exact and are scaled as
// those of the other kernels are, so that the results are the same, bit for bit.

import CSIMD

/// Bytes of a row of a tile, in words of four.
private let stepWords = 16

/// Fewer rows than one tile has are left to the kernel for vectors.
private let leastRows = 16

/// What `int8MatrixBlock` does, and the same arguments.
@inline(never)
public func tiledInt8MatrixBlock(
    _ rows: Int, _ columns: Int, _ words: Int,
    _ a: UnsafePointer<Int32>, _ rowScales: UnsafePointer<Float>,
    _ b: UnsafePointer<Int32>, _ corrections: UnsafePointer<Int32>,
    _ columnScales: UnsafePointer<Float>, _ bias: UnsafePointer<Float>?, _ floor: Float,
    _ base: UnsafePointer<Float>?, _ c: UnsafeMutablePointer<Float>, _ cRowStride: Int
) {
    guard rows >= leastRows else {
        return int8MatrixBlock(
            rows, columns, words, a, rowScales, b, corrections, columnScales, bias, floor, base, c,
            cRowStride)
    }
    var room = SumsOfStep()
    withUnsafeMutableBytes(of: &room) { bytes in
        let sums = bytes.baseAddress!.assumingMemoryBound(to: Int32.self)
        var shape = StepShape(height: 0, width: panelColumns)
        for column in stride(from: 0, to: columns, by: panelColumns) {
            let width = min(panelColumns, columns - column)
            let panel = b + column * words
            let epilogue = Int8Epilogue(
                corrections: corrections + column, columnScales: columnScales + column,
                bias: advanced(bias, column), width: width, floor: floor)
            for row in stride(from: 0, to: rows, by: tileRows) {
                let height = min(tileRows, rows - row)
                if height != shape.height {
                    shape = StepShape(height: height, width: panelColumns)
                    shape.configure()
                }
                let left = a + row * words
                int8TileStep(shape, words, left, panel, sums)
                let place = row * cRowStride + column
                epilogue.apply(
                    height, words, left, panel, sums, rowScales + row, advanced(base, place),
                    c + place, cRowStride)
            }
        }
    }
    csimd_tiles_release()
}

/// The sums over the words of whole steps, in rows of `panelColumns`.
@inline(__always)
private func int8TileStep(
    _ shape: StepShape, _ words: Int, _ a: UnsafePointer<Int32>, _ panel: UnsafePointer<Int32>,
    _ sums: UnsafeMutablePointer<Int32>
) {
    csimd_tiles_clear()
    let lowerRows = a + shape.lower * words
    for word in stride(from: 0, to: words - words % stepWords, by: stepWords) {
        let columns = panel + word * panelColumns
        csimd_tiles_add_byte_products(
            a + word, lowerRows + word, 4 * words, columns, columns + shape.right,
            4 * panelColumns)
    }
    csimd_tiles_store(sums, 4 * panelColumns, shape.lower, shape.right)
}

/// What becomes of the sums of one panel's columns.
private struct Int8Epilogue {
    let corrections: UnsafePointer<Int32>
    let columnScales: UnsafePointer<Float>
    let bias: UnsafePointer<Float>?
    let width: Int
    let floor: Float

    /// Adds the products of the words that do not fill a step, scales the sums and stores the results.
    @inline(__always)
    func apply(
        _ rows: Int, _ words: Int, _ a: UnsafePointer<Int32>, _ panel: UnsafePointer<Int32>,
        _ sums: UnsafePointer<Int32>, _ rowScales: UnsafePointer<Float>,
        _ base: UnsafePointer<Float>?, _ c: UnsafeMutablePointer<Float>, _ cRowStride: Int
    ) {
        let whole = words - words % stepWords
        let least = Vector(repeating: floor)
        for first in stride(from: 0, to: width, by: lanes) {
            let count = min(lanes, width - first)
            let start = load(corrections + first), scale = load(columnScales + first)
            var addend = Vector.zero
            if let bias {
                addend = count == lanes ? load(bias + first) : load(bias + first, count: count)
            }
            for row in 0..<rows {
                var sum = start &+ load(sums + row * panelColumns + first)
                for word in whole..<words {
                    sum = addByteProducts(
                        sum, IntegerVector(repeating: a[row * words + word]),
                        load(panel + word * panelColumns + first))
                }
                var result = scaled(sum, rowScales[row], scale, addend, least)
                let place = row * cRowStride + first
                if count == lanes {
                    store(result, addingTo: base, c, at: place)
                } else {
                    if let base { result += load(base + place, count: count) }
                    store(result, c + place, count: count)
                }
            }
        }
    }
}

/// Room for the sums of a step: 32 rows of 2 vectors.
private struct SumsOfStep {
    typealias Rows = (
        IntegerVector, IntegerVector, IntegerVector, IntegerVector, IntegerVector, IntegerVector,
        IntegerVector, IntegerVector, IntegerVector, IntegerVector, IntegerVector, IntegerVector,
        IntegerVector, IntegerVector, IntegerVector, IntegerVector
    )
    private static var zeros: Rows {
        (
            .zero, .zero, .zero, .zero, .zero, .zero, .zero, .zero, .zero, .zero, .zero, .zero,
            .zero, .zero, .zero, .zero
        )
    }
    private var parts = (zeros, zeros, zeros, zeros)
}
