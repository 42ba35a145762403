import Kernels
import Transformer

extension ParameterLayout {
    /// The parameters that fulfil a condition, as the fewest runs of the flat buffer.
    func runs(where isMember: (ParameterSlot) -> Bool) -> [Range<Int>] {
        slots.filter(isMember).reduce(into: []) { ranges, slot in
            let end = slot.offset + slot.count
            if let last = ranges.last, last.upperBound == slot.offset {
                ranges[ranges.count - 1] = last.lowerBound..<end
            } else {
                ranges.append(slot.offset..<end)
            }
        }
    }
}

extension Parameters {
    /// A run of parameters, as one row.
    func run(_ range: Range<Int>) -> Matrix {
        Matrix(all.data + range.lowerBound, rows: 1, columns: range.count)
    }
}
