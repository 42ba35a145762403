extension Reference {
    /// The operands of one head over one sentence: `queries [queryCount, dimension]`, `keys` and `values
    /// [keyCount, dimension]`.
    package struct AttentionOperands {
        package var queries: [Double]
        package var keys: [Double]
        package var values: [Double]
        package let dimension: Int
        package let isCausal: Bool

        package init(
            queries: [Double], keys: [Double], values: [Double], dimension: Int, isCausal: Bool
        ) {
            self.queries = queries
            self.keys = keys
            self.values = values
            self.dimension = dimension
            self.isCausal = isCausal
        }

        package var queryCount: Int { queries.count / dimension }
        package var keyCount: Int { keys.count / dimension }
        package var scale: Double { 1 / Double(dimension).squareRoot() }

        /// The keys that a query sees.
        package func visible(from query: Int) -> Range<Int> {
            0..<(isCausal ? min(query + 1, keyCount) : keyCount)
        }
    }

    /// Scaled dot-product attention (Vaswani et al. 2017, eq. 1): the weights `[queryCount, keyCount]` and the context
    /// `[queryCount, dimension]`.
    package static func attention(
        _ operands: AttentionOperands
    ) -> (weights: [Double], context: [Double]) {
        let (dimension, keyCount) = (operands.dimension, operands.keyCount)
        var weights: [Double] = []
        for query in 0..<operands.queryCount {
            let visible = operands.visible(from: query)
            let scores = visible.map { key in
                (0..<dimension).reduce(0) {
                    $0 + operands.queries[query * dimension + $1]
                        * operands.keys[key * dimension + $1]
                } * operands.scale
            }
            weights += softmax(scores).probabilities
            weights += [Double](repeating: 0, count: keyCount - visible.count)
        }
        let context = product(
            weights, operands.values, rows: operands.queryCount, depth: keyCount,
            columns: dimension)
        return (weights, context)
    }

    /// The gradients of queries, keys and values for given weights P: `dV = P^T dO`, `dP = dO V^T`,
    /// `dS = P * (dP - rowsum(dP * P))`, `dQ = dS K * scale`, `dK = dS^T Q * scale`.
    package static func attentionBackward(
        _ dcontext: [Double], _ operands: AttentionOperands, weights: [Double]
    ) -> (dqueries: [Double], dkeys: [Double], dvalues: [Double]) {
        let (dimension, queryCount, keyCount) = (
            operands.dimension, operands.queryCount, operands.keyCount
        )
        let dweights = product(
            dcontext, transpose(operands.values, rows: keyCount, columns: dimension),
            rows: queryCount, depth: dimension, columns: keyCount)
        var dscores = [Double](repeating: 0, count: queryCount * keyCount)
        for query in 0..<queryCount {
            let row = query * keyCount..<(query + 1) * keyCount
            let sum = row.reduce(0) { $0 + dweights[$1] * weights[$1] }
            for index in row {
                dscores[index] = weights[index] * (dweights[index] - sum) * operands.scale
            }
        }
        return (
            product(
                dscores, operands.keys, rows: queryCount, depth: keyCount, columns: dimension),
            product(
                transpose(dscores, rows: queryCount, columns: keyCount), operands.queries,
                rows: keyCount, depth: queryCount, columns: dimension),
            product(
                transpose(weights, rows: queryCount, columns: keyCount), dcontext,
                rows: keyCount, depth: queryCount, columns: dimension)
        )
    }
}
