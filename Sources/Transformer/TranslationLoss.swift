import Kernels

/// Sums over the examples of a batch: tokens for translation, sentences for sentiment.
public struct LossSum: Codable, Sendable {
    /// The smoothed loss, which training minimises.
    public var smoothed = 0.0
    /// The negative log-probability of the targets; `exp` of its mean is the perplexity.
    public var negativeLogProbability = 0.0
    public var count = 0

    public init() {}

    public static func += (sum: inout LossSum, other: LossSum) {
        sum.smoothed += other.smoothed
        sum.negativeLogProbability += other.negativeLogProbability
        sum.count += other.count
    }
}

/// Projection to the vocabulary, softmax and cross entropy with label smoothing (Szegedy et al. 2016, section 7), in
/// chunks of rows, so that the logits of a whole batch never exist.
public struct TranslationLoss: Sendable {
    /// Rows whose logits exist at a time. It is fixed: gradients are summed chunk by chunk. With fewer, the table and its
    /// gradient, which exceed the caches, would be read more often.
    static let chunkRows = 1024

    public let labelSmoothing: Float

    public init(labelSmoothing: Float) { self.labelSmoothing = labelSmoothing }

    /// The loss, and its gradient by the states.
    ///
    /// - Parameters:
    ///   - states: `[target tokens, modelDimension]`, of the decoder.
    ///   - targets: the token that each row should predict.
    ///   - scale: multiplies all gradients: the task's weight over the number of tokens of the step.
    ///   - gradients: receives the gradient of the table of embeddings.
    /// - Returns: the sums over the tokens, and `dstates` in the shape of `states`.
    public func forwardBackward(
        _ model: Model, _ states: Matrix, targets: [Int32], scale: Float, _ pass: Pass,
        gradients: Parameters
    ) -> (LossSum, dstates: Matrix) {
        precondition(
            targets.count == states.rows, "\(targets.count) targets, \(states.rows) states")
        let table = model.embedding.table
        let workspace = pass.workspace
        let dstates = pass.arena.matrix(states.rows, states.columns)
        let mark = pass.arena.mark
        let projection = pass.packedTranspose(table)
        let packedTable = pass.pack(pass.parameters[table], .natural)
        var sum = LossSum()
        for start in stride(from: 0, to: states.rows, by: Self.chunkRows) {
            let rows = start..<min(states.rows, start + Self.chunkRows)
            let chunkMark = pass.arena.mark
            let logits = pass.arena.matrix(rows.count, table.rows)
            multiply(states.rows(rows), .natural, projection, into: logits, workspace: workspace)
            sum += crossEntropy(
                logits, targets: targets[rows], smoothing: labelSmoothing, scale: scale, pass)
            multiply(
                logits, .natural, packedTable, into: dstates.rows(rows), workspace: workspace)
            let packedStates = pass.pack(states.rows(rows), .natural)
            multiply(
                logits, .transposed, packedStates, into: gradients[table], accumulate: true,
                workspace: workspace)
            pass.arena.release(to: chunkMark)
        }
        pass.arena.release(to: mark)
        return (sum, dstates)
    }
}

/// Cross entropy of each row; the logits become their gradients.
private func crossEntropy(
    _ logits: Matrix, targets: ArraySlice<Int32>, smoothing: Float, scale: Float, _ pass: Pass
) -> LossSum {
    let losses = pass.arena.matrix(logits.rows, 2)
    targets.withUnsafeBufferPointer { targets in
        guard let first = targets.baseAddress else { return }
        crossEntropy(
            logits, targets: first, smoothing: smoothing, scale: scale, losses: losses,
            workspace: pass.workspace)
    }
    var sum = LossSum()
    sum.count = logits.rows
    for row in 0..<logits.rows {
        sum.smoothed += Double(losses.row(row)[0])
        sum.negativeLogProbability += Double(losses.row(row)[1])
    }
    return sum
}
