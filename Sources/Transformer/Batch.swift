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

/// What an encoder makes of a batch: the same for every target language.
public struct EncoderStates {
    /// `[tokens, modelDimension]`: the output of the last layer, normalised; if the task reads lower ones only, that of
    /// the highest.
    public let states: Matrix
    public let segments: Segments
    /// The outputs of the lower layers that a head reads, of the shape of `states`, by the layer's number; 0 stands for
    /// the embeddings of the tokens alone, without their positions.
    public let lowerStates: [Int: Matrix]

    init(states: Matrix, segments: Segments, lowerStates: [Int: Matrix] = [:]) {
        self.states = states
        self.segments = segments
        self.lowerStates = lowerStates
    }
}

/// The gradient of what the encoder makes of a batch, to be added to.
public struct EncoderStateGradients {
    /// As `EncoderStates.states`.
    public let states: Matrix
    /// As `EncoderStates.lowerStates`; a layer that no loss has read may be missing.
    public let lowerStates: [Int: Matrix]

    init(states: Matrix, lowerStates: [Int: Matrix] = [:]) {
        self.states = states
        self.lowerStates = lowerStates
    }

    /// Zeros for the states of a pass.
    public init(of states: EncoderStates, _ pass: Pass) {
        func zeros() -> Matrix { pass.arena.zeros(states.states.rows, states.states.columns) }
        self.init(states: zeros(), lowerStates: states.lowerStates.mapValues { _ in zeros() })
    }
}
