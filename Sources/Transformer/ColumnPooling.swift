import Kernels

/// The mean of each column over a sentence's tokens, the maximum, or both side by side, the means first.
struct ColumnPooling: Sendable {
    let givesMean: Bool
    let givesMaximum: Bool

    func width(of dimension: Int) -> Int { givesMean && givesMaximum ? 2 * dimension : dimension }

    struct Activations {
        /// `[sentences][dimension]`: the row that holds the maximum of each column, of equal ones the first.
        let maximumRows: UnsafeMutablePointer<Int32>
    }

    /// `[tokens, dimension] -> [sentences, width]`.
    func forward(
        _ states: Matrix, _ segments: Segments, _ pass: Pass
    ) -> (pooled: Matrix, Activations) {
        let dimension = states.columns
        let pooled = pass.arena.zeros(segments.count, width(of: dimension))
        let maximumCount = givesMaximum ? segments.count * dimension : 0
        let maximumRows = UnsafeMutableRawPointer(pass.arena.allocate(maximumCount))
            .bindMemory(to: Int32.self, capacity: maximumCount)
        for sentence in 0..<segments.count {
            let rows = segments.rows(of: sentence)
            let target = pooled.row(sentence)
            if givesMean { addMean(of: states.rows(rows), to: target) }
            if givesMaximum {
                maximum(
                    of: states, rows, into: target + pooled.columns - dimension,
                    rows: maximumRows + sentence * dimension)
            }
        }
        return (pooled, Activations(maximumRows: maximumRows))
    }

    private func addMean(of states: Matrix, to mean: UnsafeMutablePointer<Float>) {
        let scale = 1 / Float(states.rows)
        for row in 0..<states.rows {
            let source = states.row(row)
            for column in 0..<states.columns { mean[column] += source[column] * scale }
        }
    }

    private func maximum(
        of states: Matrix, _ rows: Range<Int>, into maximum: UnsafeMutablePointer<Float>,
        rows maximumRows: UnsafeMutablePointer<Int32>
    ) {
        maximum.update(from: states.row(rows.lowerBound), count: states.columns)
        maximumRows.initialize(repeating: Int32(rows.lowerBound), count: states.columns)
        for row in rows.dropFirst() {
            let source = states.row(row)
            let place = Int32(row)
            // Selections instead of branches: the compiler makes vectors of them. What is no number stays, to be seen.
            for column in 0..<states.columns {
                let isGreater =
                    source[column] > maximum[column] || source[column] != source[column]
                maximum[column] = isGreater ? source[column] : maximum[column]
                maximumRows[column] = isGreater ? place : maximumRows[column]
            }
        }
    }

    /// Adds to `dstates [tokens, dimension]`. The gradient of a maximum goes to the row that holds it.
    func backward(
        _ dpooled: Matrix, _ activations: Activations, _ segments: Segments, into dstates: Matrix
    ) {
        let dimension = dstates.columns
        for sentence in 0..<segments.count {
            let dtarget = dpooled.row(sentence)
            if givesMean {
                let scale = 1 / Float(segments.lengths[sentence])
                for row in segments.rows(of: sentence) {
                    let target = dstates.row(row)
                    for column in 0..<dimension { target[column] += dtarget[column] * scale }
                }
            }
            if givesMaximum {
                let dmaximum = dtarget + dpooled.columns - dimension
                let rows = activations.maximumRows + sentence * dimension
                for column in 0..<dimension {
                    dstates.row(Int(rows[column]))[column] += dmaximum[column]
                }
            }
        }
    }
}
