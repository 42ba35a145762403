import Kernels

/// More layers for a model that has been trained, so that training goes on where it was.
///
/// The new layers are spread evenly: each stands above one of the others and is a copy of it, but for the projections of
/// its blocks onto the residual stream, which are 0. So the larger model begins with the answers of the smaller one, and the
/// first step gives those projections a gradient, the next ones all else (Net2DeeperNet, Chen et al. 2016; the block expansion
/// of LLaMA Pro, Wu et al. 2024).
public struct LayerGrowth: Codable, Hashable, Sendable {
    /// Nil: as many as before.
    public var encoderLayerCount: Int?
    public var decoderLayerCount: Int?

    public init(encoderLayerCount: Int? = nil, decoderLayerCount: Int? = nil) {
        self.encoderLayerCount = encoderLayerCount
        self.decoderLayerCount = decoderLayerCount
    }

    /// Why a model cannot grow so, in words; nil if it can.
    public func problem(of configuration: ModelConfiguration) -> String? {
        let counts = [
            ("encoder_layer_count", encoderLayerCount, configuration.encoderLayerCount),
            ("decoder_layer_count", decoderLayerCount, configuration.decoderLayerCount),
        ]
        for case (let name, let count?, let present) in counts where count < present {
            return "\(name) is \(count), but the model has \(present) and layers are only added"
        }
        if configuration.encoderSharing.method != .hard {
            return "only a model whose tasks share the whole encoder grows, not one like this"
        }
        return grown(configuration).problem
    }

    /// The sizes afterwards.
    public func grown(_ configuration: ModelConfiguration) -> ModelConfiguration {
        var grown = configuration
        grown.encoderLayerCount = encoderLayerCount ?? configuration.encoderLayerCount
        grown.decoderLayerCount = decoderLayerCount ?? configuration.decoderLayerCount
        grown.sentimentLayers = configuration.sentimentLayers?.map { layer in
            Self.place(
                afterLayer: layer, of: configuration.encoderLayerCount,
                in: grown.encoderLayerCount)
        }
        return grown
    }

    /// The larger model and its parameters.
    ///
    /// - Precondition: `problem(of:)` is nil for the model.
    public func grown(_ model: Model, _ parameters: Parameters) -> (Model, Parameters) {
        let old = model.configuration
        precondition(problem(of: old) == nil, problem(of: old) ?? "")
        let larger = Model(grown(old))
        let new = larger.configuration
        let origins =
            Self.origins(from: old.encoderLayerCount, to: new.encoderLayerCount, of: Encoder.name)
            + Self.origins(
                from: old.decoderLayerCount, to: new.decoderLayerCount, of: Decoder.name)
            + zip(new.readLayers, old.readLayers).filter { $0.0 != new.encoderLayerCount }
            .map { layer, oldLayer in
                Origin(
                    prefix: SentimentHead.name(readingLayer: layer, new) + ".",
                    source: SentimentHead.name(readingLayer: oldLayer, old) + ".", isNew: false)
            }
        let slots = Dictionary(uniqueKeysWithValues: model.layout.slots.map { ($0.name, $0) })
        let result = Parameters(larger.layout)
        for slot in larger.layout.slots {
            let origin = origins.first { slot.name.hasPrefix($0.prefix) }
            if let origin, origin.isNew, Self.addsToStream(slot) { continue }
            let name = origin.map { $0.source + slot.name.dropFirst($0.prefix.count) } ?? slot.name
            guard let source = slots[name] else {
                preconditionFailure("\(slot.name) has no origin \(name)")
            }
            result[slot].copy(from: parameters[source])
        }
        return (larger, result)
    }

    /// Where the parameters whose names begin with a prefix come from.
    private struct Origin {
        let prefix: String
        let source: String
        let isNew: Bool
    }

    private static func origins(from old: Int, to new: Int, of stack: String) -> [Origin] {
        (0..<new).map { index in
            let source = index * old / new
            return Origin(
                prefix: "\(stack).layers.\(index).", source: "\(stack).layers.\(source).",
                isNew: index > 0 && (index - 1) * old / new == source)
        }
    }

    /// The layer of the larger stack whose output is that of a layer before: the last of its copies.
    private static func place(afterLayer layer: Int, of old: Int, in new: Int) -> Int {
        (layer * new + old - 1) / old
    }

    /// Whether a parameter is of a linear layer whose result is added to the residual stream.
    private static func addsToStream(_ slot: ParameterSlot) -> Bool {
        slot.name.contains("attention.output.") || slot.name.contains("feed_forward.outer.")
    }
}
