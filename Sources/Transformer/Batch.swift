import Kernels

/// The token IDs of some sentences, one after the other without padding.
public struct Batch: Sendable {
    public let tokenIDs: [Int32]
    public let segments: Segments

    public init(_ sentences: [[Int32]]) {
        tokenIDs = Array(sentences.joined())
        segments = Segments(lengths: sentences.map(\.count))
    }
}

/// What the encoder makes of a batch, read by every head and for every target language.
public struct EncoderStates {
    /// `[tokens, modelDimension]`.
    public let states: Matrix
    public let segments: Segments
}
