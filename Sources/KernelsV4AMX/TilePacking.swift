// Packing of the operands of a matrix product for the tiles of AMX. Two numbers that follow each other along the depth
// share the place of a float, the first in the low half. The depth is filled up with zeros to whole steps.

import CSIMD

/// Up to 32 numbers that follow each other, in pairs; those that are missing are zero.
@inline(__always)
private func pairsInRow(_ source: UnsafePointer<Float>, _ count: Int) -> Vector {
    if count >= 2 * lanes { return csimd_bf16_row(load(source), load(source + lanes)) }
    return csimd_bf16_row(
        load(source, count: max(0, min(lanes, count))),
        load(source + lanes, count: max(0, count - lanes)))
}

/// Pairs of the numbers of two rows, `stride` apart, at up to 16 places; those that are missing are zero.
@inline(__always)
private func pairsOfRows(
    _ source: UnsafePointer<Float>, _ stride: Int, _ rows: Int, _ count: Int
) -> Vector {
    guard rows > 0, count > 0 else { return .zero }
    if rows > 1 && count >= lanes {
        return csimd_bf16_pairs(load(source), load(source + stride))
    }
    return csimd_bf16_pairs(
        load(source, count: min(lanes, count)),
        rows > 1 ? load(source + stride, count: min(lanes, count)) : .zero)
}

/// Packs `columns` (at most a panel's) of a right operand into one panel: place (k, j) at `k * panelColumns + j`.
/// Element (k, j) of the operand stands at `k * depthStride + j * columnStride`, one of which is 1; missing columns
/// become zeros.
@inline(never)
public func packPanel(
    _ depth: Int, _ columns: Int, _ b: UnsafePointer<Float>, _ depthStride: Int,
    _ columnStride: Int, _ panel: UnsafeMutablePointer<Float>
) {
    let places = places(depth)
    for first in stride(from: 0, to: panelColumns, by: lanes) {
        if columnStride == 1 {
            for place in 0..<places {
                store(
                    pairsOfRows(
                        b + 2 * place * depthStride + first, depthStride, depth - 2 * place,
                        columns - first), panel + place * panelColumns + first)
            }
        } else {
            for step in stride(from: 0, to: places, by: stepPlaces) {
                let target = panel + step * panelColumns + first
                for j in 0..<lanes {
                    let column = b + (first + j) * columnStride + 2 * step
                    store(
                        first + j < columns ? pairsInRow(column, depth - 2 * step) : .zero,
                        target + j * panelColumns)
                }
                csimd_transpose_x16(target, panelColumns)
            }
        }
    }
}

/// Packs rows of a left operand, element (i, k) at `i * rowStride + k`, one after the other.
@inline(never)
public func packRows(
    _ rows: Int, _ depth: Int, _ a: UnsafePointer<Float>, _ rowStride: Int,
    _ packed: UnsafeMutablePointer<Float>
) {
    let places = places(depth)
    for row in 0..<rows {
        let source = a + row * rowStride, target = packed + row * places
        for place in stride(from: 0, to: places, by: stepPlaces) {
            store(pairsInRow(source + 2 * place, depth - 2 * place), target + place)
        }
    }
}

/// The same for rows of a left operand that is stored transposed, element (i, k) at `k * depthStride + i`. Rows up to
/// the next multiple of 16 become zeros.
@inline(never)
public func packTransposedRows(
    _ rows: Int, _ depth: Int, _ a: UnsafePointer<Float>, _ depthStride: Int,
    _ packed: UnsafeMutablePointer<Float>
) {
    let places = places(depth)
    for step in stride(from: 0, to: places, by: stepPlaces) {
        for row in stride(from: 0, to: rows, by: lanes) {
            let target = packed + row * places + step
            for place in 0..<stepPlaces {
                let k = 2 * (step + place)
                store(
                    pairsOfRows(a + k * depthStride + row, depthStride, depth - k, rows - row),
                    target + place * places)
            }
            csimd_transpose_x16(target, places)
        }
    }
}
