import Foundation
import Kernels
import Transformer

/// A model whose weights are the mean of those of others (Wortsman et al. 2022, "Model soups", section 2).
public struct ModelAverage: Sendable {
    /// With a card that tells what it was made from, and without a temperature of sentiment, which belonged to other weights.
    public let model: LoadedModel

    /// - Parameters:
    ///   - folders: of the models, at least one.
    ///   - weights: one for each model, none negative, not all 0; nil: all alike.
    /// - Throws: `ModelError` for a folder that cannot be read, or whose model has another configuration or tokenizer than
    ///   the first one.
    public init(_ folders: [URL], weights: [Double]? = nil) throws {
        let weights = weights ?? folders.map { _ in 1 }
        precondition(weights.count == folders.count)
        let sum = weights.reduce(0, +)
        precondition(
            sum > 0 && sum.isFinite && weights.allSatisfy { $0 >= 0 }, "weights \(weights)")
        let shares = weights.map { $0 / sum }
        let first = try LoadedModel(contentsOf: folders[0])
        let mean = Parameters(first.model.layout)
        let workspace = Workspace(threadCount: 1)
        var cards: [ModelCard] = []
        var origins: [ModelCard.Origin] = []
        for (folder, share) in zip(folders, shares) {
            let other = folder == folders[0] ? first : try LoadedModel(contentsOf: folder)
            if let difference = Self.difference(of: other, from: first) {
                throw ModelError(
                    .malformed, folder,
                    "\(difference) of \(folders[0].path); only models of one kind have a mean")
            }
            addScaled(
                other.parameters.all, scale: Float(share), into: mean.all, workspace: workspace)
            cards.append(other.card)
            origins.append(
                .init(
                    name: other.card.name, weight: share,
                    sha256: try ModelFolder(url: folder).weightChecksum()))
        }
        var configuration = first.model.configuration
        configuration.sentimentTemperature = nil
        model = LoadedModel(
            model: Model(configuration), parameters: mean, tokenizer: first.tokenizer,
            card: ModelCard(averageOf: cards, origins), languageIdentifier: first.languageIdentifier
        )
    }

    /// What of a model is not as in another, in words; nil if their weights mean the same.
    private static func difference(of model: LoadedModel, from other: LoadedModel) -> String? {
        let mine = spelledOut(model.model.configuration)
        let theirs = spelledOut(other.model.configuration)
        if mine != theirs {
            let (mine, theirs) = (values(mine), values(theirs))
            for key in Set(mine.keys).union(theirs.keys).sorted() where mine[key] != theirs[key] {
                return "\(key) of config.json is \(mine[key] ?? "not set"), not the "
                    + (theirs[key] ?? "value")
            }
        }
        return model.tokenizer.difference(from: other.tokenizer).map { "the tokenizer has \($0)" }
    }

    /// A configuration that says what it also means by leaving it out; without the temperature, which a mean does not keep.
    private static func spelledOut(_ configuration: ModelConfiguration) -> ModelConfiguration {
        var configuration = configuration
        configuration.sentimentLayers = configuration.readLayers
        configuration.sharing = configuration.encoderSharing
        configuration.pooling = configuration.tokenPooling
        configuration.sentimentTemperature = nil
        return configuration
    }

    /// What a configuration sets, as JSON, by the keys of its file. Keys inside of a value are sorted, so that equal values
    /// have equal texts.
    private static func values(_ configuration: ModelConfiguration) -> [String: String] {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        let object =
            (try? encoder.encode(configuration))
            .flatMap { try? JSONSerialization.jsonObject(with: $0) } as? [String: Any]
        return (object ?? [:]).compactMapValues { value in
            (try? JSONSerialization.data(
                withJSONObject: value, options: [.sortedKeys, .fragmentsAllowed]))
                .map { String(decoding: $0, as: UTF8.self) }
        }
    }
}

extension ModelCard {
    /// The card of a mean: what is common to all models, and what any of them has seen.
    ///
    /// - Parameter cards: of the models, at least one.
    fileprivate init(averageOf cards: [ModelCard], _ origins: [Origin]) {
        func united(_ texts: [String?]) -> String? {
            let known = texts.compactMap(\.self)
            let different = known.indices.filter { known.firstIndex(of: known[$0]) == $0 }
            return different.isEmpty ? nil : different.map { known[$0] }.joined(separator: "; ")
        }
        func common<Value: Hashable>(_ values: [Value?]) -> Value? {
            Set(values).count == 1 ? values[0] : nil
        }
        let corpora = cards.flatMap(\.corpora)
        self.init(
            name: "average of " + (united(cards.map(\.name)) ?? ""), version: "1",
            licence: united(cards.map(\.licence)) ?? "", terms: united(cards.map(\.terms)),
            languages: cards[0].languages, labels: cards[0].labels,
            parameters: cards[0].parameters,
            corpora: corpora.indices.filter { corpora.firstIndex(of: corpora[$0]) == $0 }
                .map { corpora[$0] },
            recipe: common(cards.map(\.recipe)), commit: common(cards.map(\.commit)))
        averagedFrom = origins
        ancestors = common(cards.map(\.ancestors))
    }
}
