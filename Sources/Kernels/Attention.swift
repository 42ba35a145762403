/// The sentences of a batch, one after the other without padding: where each begins, how long it is.
public struct Segments: Sendable {
    /// Rows of each sentence.
    public let lengths: [Int]
    /// The first row of each sentence.
    public let offsets: [Int]
    /// The rows of all sentences together.
    public let total: Int

    public init(lengths: [Int]) {
        self.lengths = lengths
        var offsets: [Int] = []
        offsets.reserveCapacity(lengths.count)
        var total = 0
        for length in lengths {
            offsets.append(total)
            total += length
        }
        self.offsets = offsets
        self.total = total
    }

    public var count: Int { lengths.count }

    /// The rows of one sentence.
    public func rows(of sentence: Int) -> Range<Int> {
        offsets[sentence]..<offsets[sentence] + lengths[sentence]
    }
}

/// Multi-head scaled dot-product attention (Vaswani et al. 2017, section 3.2) over a batch of sentences.
///
/// Queries, and keys with values, are column ranges of two matrices; for self-attention these are the same matrix.
public struct Attention: Sendable {
    public let headCount: Int
    public let headDimension: Int
    /// Whether a query sees only the keys up to its own position.
    public let isCausal: Bool

    public init(headCount: Int, headDimension: Int, isCausal: Bool) {
        self.headCount = headCount
        self.headDimension = headDimension
        self.isCausal = isCausal
    }

    private var scale: Float { 1 / Float(headDimension).squareRoot() }

    /// Where the operands stand in their matrices.
    public struct Operands: Sendable {
        /// `[query tokens, any]`; the queries of all heads begin at column `queryColumn`.
        public let queries: Matrix
        public let queryColumn: Int
        /// `[key tokens, any]`; keys begin at `keyColumn`, values at `valueColumn`.
        public let keysAndValues: Matrix
        public let keyColumn: Int
        public let valueColumn: Int

        public init(
            queries: Matrix, queryColumn: Int, keysAndValues: Matrix, keyColumn: Int,
            valueColumn: Int
        ) {
            self.queries = queries
            self.queryColumn = queryColumn
            self.keysAndValues = keysAndValues
            self.keyColumn = keyColumn
            self.valueColumn = valueColumn
        }
    }

    /// Where the weights of each sentence begin: `headCount` matrices of `[queries, keys]` each.
    private func weightOffsets(
        _ querySegments: Segments, _ keySegments: Segments, _ arena: Arena
    ) -> UnsafePointer<Int> {
        let offsets = arena.integers(querySegments.count)
        var offset = 0
        for sentence in 0..<querySegments.count {
            offsets[sentence] = offset
            offset += headCount * querySegments.lengths[sentence] * keySegments.lengths[sentence]
        }
        return UnsafePointer(offsets)
    }

    /// The number of attention weights of a batch.
    public func weightCount(_ querySegments: Segments, _ keySegments: Segments) -> Int {
        zip(querySegments.lengths, keySegments.lengths).reduce(0) { $0 + $1.0 * $1.1 } * headCount
    }

    /// - Parameters:
    ///   - weights: `weightCount` numbers, kept for backward.
    ///   - context: `[query tokens, headCount * headDimension]`, receives the result.
    public func forward(
        _ operands: Operands, _ querySegments: Segments, _ keySegments: Segments, weights: Matrix,
        into context: Matrix, workspace: Workspace
    ) {
        let mark = workspace.arena.mark
        nonisolated(unsafe) let offsets = weightOffsets(
            querySegments, keySegments, workspace.arena)
        workspace.parallelFor(querySegments.count * headCount) { index, _ in
            let (sentence, head) = index.quotientAndRemainder(dividingBy: headCount)
            let queryCount = querySegments.lengths[sentence]
            let keyCount = keySegments.lengths[sentence]
            let column = head * headDimension
            let queryRow = querySegments.offsets[sentence]
            let keys = operands.keysAndValues.row(keySegments.offsets[sentence]) + column
            KernelTable.current.attentionForward(
                queryCount, keyCount, headDimension, scale, isCausal,
                operands.queries.row(queryRow) + operands.queryColumn + column,
                operands.queries.columns, keys + operands.keyColumn, keys + operands.valueColumn,
                operands.keysAndValues.columns,
                weights.data + offsets[sentence] + head * queryCount * keyCount,
                context.row(queryRow) + column, context.columns)
        }
        workspace.arena.release(to: mark)
    }

    /// Backward of `forward`: writes the gradients, which have the layout of the operands.
    ///
    /// - Parameter dcontext: `[query tokens, headCount * headDimension]`.
    public func backward(
        _ dcontext: Matrix, _ operands: Operands, _ querySegments: Segments,
        _ keySegments: Segments, weights: Matrix, into gradients: Operands, workspace: Workspace
    ) {
        let mark = workspace.arena.mark
        nonisolated(unsafe) let offsets = weightOffsets(
            querySegments, keySegments, workspace.arena)
        let scratch = workspace.arena.matrix(
            workspace.threadCount,
            zip(querySegments.lengths, keySegments.lengths).reduce(0) { max($0, $1.0 * $1.1) })
        workspace.parallelFor(querySegments.count * headCount) { index, worker in
            let (sentence, head) = index.quotientAndRemainder(dividingBy: headCount)
            let queryCount = querySegments.lengths[sentence]
            let keyCount = keySegments.lengths[sentence]
            let column = head * headDimension
            let queryRow = querySegments.offsets[sentence]
            let keyRow = keySegments.offsets[sentence]
            let keys = operands.keysAndValues.row(keyRow) + column
            let dkeys = gradients.keysAndValues.row(keyRow) + column
            KernelTable.current.attentionBackward(
                queryCount, keyCount, headDimension, scale, isCausal,
                operands.queries.row(queryRow) + operands.queryColumn + column,
                operands.queries.columns, keys + operands.keyColumn, keys + operands.valueColumn,
                operands.keysAndValues.columns,
                weights.data + offsets[sentence] + head * queryCount * keyCount,
                dcontext.row(queryRow) + column, dcontext.columns,
                gradients.queries.row(queryRow) + gradients.queryColumn + column,
                dkeys + gradients.keyColumn, dkeys + gradients.valueColumn, scratch.row(worker))
        }
        workspace.arena.release(to: mark)
    }

    /// One query of all heads over keys and values that stand in rows anywhere: a step of decoding.
    ///
    /// - Parameters:
    ///   - query: `[headCount * headDimension]`.
    ///   - rows: for each position the row that holds its keys, `headCount * headDimension` floats, and behind them its
    ///     values.
    ///   - keyColumn: where in a row the keys begin.
    ///   - weights: room for `Attention.stepWeightCount(rows.count)` numbers.
    ///   - context: `[headCount * headDimension]`, receives the result.
    public func step(
        query: UnsafePointer<Float>, rows: UnsafeBufferPointer<UnsafePointer<Float>>,
        keyColumn: Int, weights: UnsafeMutablePointer<Float>,
        into context: UnsafeMutablePointer<Float>
    ) {
        guard let first = rows.baseAddress, !rows.isEmpty else { return }
        for head in 0..<headCount {
            let column = head * headDimension
            KernelTable.current.attentionStep(
                rows.count, headDimension, scale, query + column, first, keyColumn + column,
                headCount * headDimension, weights, context + column)
        }
    }

    /// The numbers that a step over some positions needs room for: whole vectors of every instruction set.
    public static func stepWeightCount(_ positions: Int) -> Int { (positions + 15) / 16 * 16 }
}
