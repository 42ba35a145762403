import Kernels

/// The model: an encoder for each task, which share what the configuration says, a decoder that translates, heads that
/// classify sentiment.
///
/// It says how numbers flow; the numbers themselves are `Parameters` of its `layout`.
public struct Model: Sendable {
    public let configuration: ModelConfiguration
    public let layout: ParameterLayout
    /// Of translation; its table projects the decoder's states as well.
    public let embedding: Embedding
    private let translationEncoder: Encoder
    private let sentimentEncoder: Encoder
    public let decoder: Decoder
    /// One for each layer of `ModelConfiguration.readLayers`.
    public let sentimentHeads: [SentimentHead]

    /// - Precondition: `configuration.problem` is nil.
    public init(_ configuration: ModelConfiguration) {
        precondition(configuration.problem == nil, configuration.problem ?? "")
        self.configuration = configuration
        var layout = ParameterLayout()
        embedding = Embedding("embedding", configuration, in: &layout)
        translationEncoder = Encoder(
            Encoder.name, configuration, embedding: embedding,
            reading: [configuration.encoderLayerCount], in: &layout)
        decoder = Decoder(configuration, embedding: embedding, in: &layout)
        sentimentEncoder = Self.sentimentEncoder(
            configuration, beside: translationEncoder, in: &layout)
        var heads: [SentimentHead] = []
        for layer in configuration.readLayers {
            heads.append(SentimentHead(readingLayer: layer, configuration, in: &layout))
        }
        sentimentHeads = heads
        self.layout = layout
    }

    private static func sentimentEncoder(
        _ configuration: ModelConfiguration, beside other: Encoder,
        in layout: inout ParameterLayout
    ) -> Encoder {
        let name = "sentiment_encoder"
        let layers = configuration.readLayers
        switch configuration.encoderSharing.method {
        case .hard: return other.reading(layers)
        case .mixed:
            return Encoder(
                name, configuration, embedding: other.embedding,
                lowerLayers: other.layers.dropLast(configuration.ownLayerCount), reading: layers,
                in: &layout)
        case .separate:
            let embedding = Embedding(name + ".embedding", configuration, in: &layout)
            return Encoder(
                name, configuration, embedding: embedding, reading: layers, in: &layout)
        }
    }

    /// The encoder whose states a task reads.
    public func encoder(for task: ModelTask) -> Encoder {
        switch task {
        case .translation: translationEncoder
        case .sentiment: sentimentEncoder
        }
    }

    /// The parameters that a task's answers depend on, in the order of the layout.
    public func slots(reachedBy task: ModelTask) -> [ParameterSlot] {
        let encoder = encoder(for: task)
        let name =
            switch task {
            case .translation: Decoder.name
            case .sentiment: SentimentHead.name
            }
        return layout.slots.filter { slot in
            encoder.reaches(slot) || slot.name.hasPrefix(name + ".")
        }
    }

    /// The parameters that all tasks' answers depend on, in the order of the layout: where their gradients meet.
    public var sharedSlots: [ParameterSlot] {
        ModelTask.allCases.map { Set(slots(reachedBy: $0)) }.reduce(Set(layout.slots)) {
            $0.intersection($1)
        }.sorted { $0.index < $1.index }
    }

    /// The states that each of some tasks reads of a batch, for inference. What the tasks share is computed once.
    public func encode(
        _ batch: Batch, for tasks: Set<ModelTask>, _ pass: Pass
    ) -> [ModelTask: EncoderStates] {
        let sharedCount = configuration.encoderLayerCount - configuration.ownLayerCount
        guard tasks.count > 1, sharedCount > 0 else {
            return Dictionary(
                uniqueKeysWithValues: tasks.map { ($0, encoder(for: $0).encode(batch, pass)) })
        }
        let sharesAll = configuration.ownLayerCount == 0
        var kept = sentimentEncoder.keptLayers.filter { $0 <= sharedCount }
        if !sharesAll { kept.insert(sharedCount) }
        let states = translationEncoder.encode(batch, keeping: kept, pass)
        let start = Encoder.Start(layerCount: sharedCount, states: states)
        return [
            .translation: states,
            .sentiment: sharesAll ? states : sentimentEncoder.encode(batch, after: start, pass),
        ]
    }

    /// Parameters before training, a function of the seed.
    public func initialParameters(seed: UInt64) -> Parameters {
        let parameters = Parameters(layout)
        parameters.initialize(seed: seed)
        return parameters
    }

    /// The logits of sentiment, `[sentences, labels]`: the mean over the heads, which is to say that their answer is the
    /// normalised geometric mean of their probabilities.
    public func sentimentLogits(_ states: EncoderStates, _ pass: Pass) -> Matrix {
        let logits = pass.arena.zeros(states.segments.count, configuration.labels.count)
        let mark = pass.arena.mark
        for head in sentimentHeads {
            addScaled(
                head.forward(states, pass).logits, scale: 1 / Float(sentimentHeads.count),
                into: logits, workspace: pass.workspace)
        }
        pass.arena.release(to: mark)
        return logits
    }

    /// `[rows, modelDimension] -> [rows, vocabularySize]`: the projection by the table of embeddings.
    public func logits(_ states: Matrix, _ pass: Pass) -> Matrix {
        let logits = pass.arena.matrix(states.rows, configuration.vocabularySize)
        pass.multiply(states, byTransposeOf: embedding.table, into: logits)
        return logits
    }
}
