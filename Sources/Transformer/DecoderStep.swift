import Kernels

/// The decoder one token at a time, for the hypotheses of many sentences at once.
///
/// All linear layers are products over the rows of all hypotheses; attention walks each hypothesis' own prefix. The keys
/// and values that a token adds, of all layers, stand in one row of memory that is written once and never copied: a
/// hypothesis that branches shares the rows of its past with its siblings. Every row of the result has the bits that it
/// would have alone, and those of `Decoder.forward` over the same tokens.
public struct DecoderStep {
    /// The tokens that a hypothesis has passed through the decoder.
    public struct Prefix: @unchecked Sendable {
        /// The sentence of the source that is being translated.
        public let sentence: Int
        /// For each token the keys and values of each layer, `[layerCount, 2, modelDimension]`.
        fileprivate var rows: [UnsafePointer<Float>] = []

        /// The empty prefix.
        public init(sentence: Int) { self.sentence = sentence }

        /// The number of tokens.
        public var count: Int { rows.count }
    }

    private let decoder: Decoder
    private let pass: Pass
    private let cache: Arena
    /// For each layer and sentence, the keys and values of the source's tokens, `[2, modelDimension]` each.
    private let sourceRows: [[[UnsafePointer<Float>]]]

    /// Computes the keys and values of cross-attention, once for the whole search.
    ///
    /// - Parameter cache: where keys and values live; it must not be released before the search is over, and is another
    ///   arena than the one of the pass, which may be released after every step.
    public init(_ decoder: Decoder, _ source: EncoderStates, cache: Arena, _ pass: Pass) {
        precondition(cache !== pass.arena, "the cache needs an arena of its own")
        self.decoder = decoder
        self.pass = pass
        self.cache = cache
        let mark = pass.arena.mark
        sourceRows = decoder.layers.map { layer in
            let projected = layer.crossAttention.keyValue.forward(source.states, pass)
            let kept = cache.matrix(projected.rows, projected.columns)
            kept.copy(from: projected)
            pass.arena.release(to: mark)
            return (0..<source.segments.count).map { sentence in
                source.segments.rows(of: sentence).map { UnsafePointer(kept.row($0)) }
            }
        }
    }

    /// The decoder's states after one more token of each hypothesis, `[hypotheses, modelDimension]`, in the arena of the
    /// pass.
    ///
    /// - Parameter prefixes: what stands before the tokens; the tokens are appended.
    /// - Precondition: every prefix is shorter than the model's maximum length.
    public func states(after tokenIDs: [Int32], appendingTo prefixes: inout [Prefix]) -> Matrix {
        precondition(
            tokenIDs.count == prefixes.count, "\(tokenIDs.count) tokens, \(prefixes.count) prefixes"
        )
        let dimension = decoder.norm.gamma.columns
        let added = cache.matrix(tokenIDs.count, decoder.layers.count * 2 * dimension)
        var x = pass.arena.matrix(tokenIDs.count, dimension)
        for (row, tokenID) in tokenIDs.enumerated() {
            decoder.embedding.write(
                tokenID, position: prefixes[row].count, into: x.row(row), of: pass.parameters)
            prefixes[row].rows.append(UnsafePointer(added.row(row)))
        }
        for (index, layer) in decoder.layers.enumerated() {
            let place = LayerPlace(index: index, offset: index * 2 * dimension, added: added)
            x = selfAttention(x, layer.selfAttention, place, prefixes)
            x = crossAttention(x, layer.crossAttention, place, prefixes)
            x = layer.feedForward.forward(x, pass).0
        }
        return decoder.norm.forward(x, pass).y
    }

    /// Where the keys and values of one layer stand in the rows of the step.
    private struct LayerPlace {
        let index: Int
        /// The first column in a row of the cache.
        let offset: Int
        /// The rows that this step adds to the cache.
        let added: Matrix
    }

    private func selfAttention(
        _ x: Matrix, _ block: SelfAttention, _ place: LayerPlace, _ prefixes: [Prefix]
    ) -> Matrix {
        let dimension = x.columns
        let projected = block.queryKeyValue.forward(block.norm.forward(x, pass).y, pass)
        for row in 0..<x.rows {
            (place.added.row(row) + place.offset).update(
                from: projected.row(row) + dimension, count: 2 * dimension)
        }
        let context = attend(block.attention, queries: projected, keyColumn: place.offset) {
            prefixes[$0].rows
        }
        return block.output.forward(context, addingTo: x, .none, pass)
    }

    private func crossAttention(
        _ x: Matrix, _ block: CrossAttention, _ place: LayerPlace, _ prefixes: [Prefix]
    ) -> Matrix {
        let queries = block.query.forward(block.norm.forward(x, pass).y, pass)
        nonisolated(unsafe) let rows = sourceRows[place.index]
        let context = attend(block.attention, queries: queries, keyColumn: 0) {
            rows[prefixes[$0].sentence]
        }
        return block.output.forward(context, addingTo: x, .none, pass)
    }

    /// Attention of each row's query, in the first columns of `queries`, over the keys and values that `keyRows` gives for
    /// the row, `keyColumn` behind each pointer. The result is `[rows, modelDimension]`.
    private func attend(
        _ attention: Attention, queries: Matrix, keyColumn: Int,
        over keyRows: @Sendable (_ row: Int) -> [UnsafePointer<Float>]
    ) -> Matrix {
        let context = pass.arena.matrix(
            queries.rows, attention.headCount * attention.headDimension)
        pass.workspace.parallelFor(queries.rows) { row, _ in
            keyRows(row).withUnsafeBufferPointer { keys in
                withUnsafeTemporaryAllocation(
                    of: Float.self, capacity: Attention.stepWeightCount(keys.count)
                ) { weights in
                    guard let weights = weights.baseAddress else { return }
                    attention.step(
                        query: queries.row(row), rows: keys, keyColumn: keyColumn,
                        weights: weights, into: context.row(row))
                }
            }
        }
        return context
    }
}
