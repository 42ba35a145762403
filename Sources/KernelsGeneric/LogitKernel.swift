// What a search needs of a row of logits over a large vocabulary.

import CSIMD

/// Whether a lane of `x` is above the same lane of `y`.
@inline(__always)
func isAnyAbove(_ x: Vector, _ y: Vector) -> Bool {
    #if KERNELS_V4
        csimd_any_above_x16(x, y)
    #elseif KERNELS_V3
        csimd_any_above_x8(x, y)
    #else
        csimd_any_above_x4(x, y)
    #endif
}

/// The `count` largest of `columns` numbers, the largest first, of equal ones the first one; numbers that are not above
/// minus infinity are passed over. Only numbers above the smallest one kept so far are looked at one by one.
///
/// - Parameters:
///   - values: room for `count` numbers.
///   - indices: receives the place of each.
/// - Returns: how many there are, at most `count`, which is at least 1.
@inline(never)
public func selectLargest(
    _ columns: Int, _ count: Int, _ x: UnsafePointer<Float>,
    _ values: UnsafeMutablePointer<Float>, _ indices: UnsafeMutablePointer<Int32>
) -> Int {
    var found = 0
    var threshold = -Float.infinity
    let step = 4 * lanes
    var column = 0
    while column < columns {
        let end = min(column + step, columns)
        if end - column == step {
            // A number that is none is not above the threshold and leaves it in place.
            let least = Vector(repeating: threshold)
            var largest = maximum(least, load(x + column))
            largest = maximum(largest, load(x + column + lanes))
            largest = maximum(largest, load(x + column + 2 * lanes))
            largest = maximum(largest, load(x + column + 3 * lanes))
            if !isAnyAbove(largest, least) {
                column = end
                continue
            }
        }
        for index in column..<end where x[index] > threshold {
            let value = x[index]
            if found < count { found += 1 }
            var place = found - 1
            while place > 0 && values[place - 1] < value {
                values[place] = values[place - 1]
                indices[place] = indices[place - 1]
                place -= 1
            }
            values[place] = value
            indices[place] = Int32(truncatingIfNeeded: index)
            if found == count { threshold = values[count - 1] }
        }
        column = end
    }
    return found
}

/// The logarithm of the sum of the exponentials of a row.
@inline(never)
public func logSumExponentials(_ columns: Int, _ x: UnsafePointer<Float>) -> Float {
    let whole = columns - columns % lanes
    let rest = load(x + whole, count: columns - whole, filler: -.infinity)
    var largest = rest, second = rest
    var column = 0
    while column + 2 * lanes <= columns {
        largest = maximum(largest, load(x + column))
        second = maximum(second, load(x + column + lanes))
        column += 2 * lanes
    }
    if column < whole { largest = maximum(largest, load(x + column)) }
    let top = horizontalMaximum(maximum(largest, second))
    var sums = Vector.zero
    column = 0
    while column < whole {
        sums += exponential(load(x + column) - top)
        column += lanes
    }
    var sum = horizontalSum(sums)
    let last = exponential(rest - top)
    for lane in 0..<columns - whole { sum += last[lane] }
    return top + naturalLogarithm(sum)
}
