import Dispatch
import Transformer

/// How much is done for a figure.
public struct Effort: Sendable {
    /// A figure is the median of at least so many repetitions.
    var minimumRepetitions = 5
    /// The repetitions take at least so long.
    public var seconds = 3.0
    /// The sizes of the model that is measured.
    var sizes = Sizes.reference
    /// What a figure's work is divided by.
    var divisor = 1

    /// What a figure needs that means something.
    public static let full = Effort()
    /// A tiny model and little work, to try the program.
    public static let small = Effort(
        minimumRepetitions: 2, seconds: 0, sizes: .small, divisor: 32)

    /// Of a model.
    struct Sizes: Sendable {
        let encoderLayerCount: Int
        let decoderLayerCount: Int
        let modelDimension: Int
        let feedForwardDimension: Int
        let headCount: Int
        let vocabularySize: Int

        /// The most tokens of a sentence.
        static let maximumLength = 256

        /// The shape that is compared with other programs: about 9 million parameters.
        static let reference = Sizes(
            encoderLayerCount: 6, decoderLayerCount: 2, modelDimension: 256,
            feedForwardDimension: 1024, headCount: 4, vocabularySize: 8000)
        static let small = Sizes(
            encoderLayerCount: 1, decoderLayerCount: 1, modelDimension: 16,
            feedForwardDimension: 32, headCount: 2, vocabularySize: 500)

        func configuration(languages: [String]) -> ModelConfiguration {
            ModelConfiguration(
                encoderLayerCount: encoderLayerCount, decoderLayerCount: decoderLayerCount,
                modelDimension: modelDimension, feedForwardDimension: feedForwardDimension,
                headCount: headCount, maximumLength: Self.maximumLength,
                vocabularySize: vocabularySize,
                languages: languages)
        }
    }

    /// The median of what `measure` gives, after one time that does not count: a first run fills caches and asks the
    /// system for memory.
    func median(_ measure: () throws -> Double) rethrows -> Double {
        _ = try measure()
        var values: [Double] = []
        let start = DispatchTime.now()
        while values.count < minimumRepetitions || start.secondsSince < seconds {
            values.append(try measure())
        }
        values.sort()
        let middle = values.count / 2
        return values.count % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2
    }

    /// The median of the seconds that `work` takes.
    func medianSeconds(_ work: () throws -> Void) rethrows -> Double {
        try median { try elapsedSeconds(of: work) }
    }
}

/// The seconds that `work` takes, at least a nanosecond.
func elapsedSeconds(of work: () throws -> Void) rethrows -> Double {
    let start = DispatchTime.now()
    try work()
    return max(1e-9, start.secondsSince)
}

extension DispatchTime {
    fileprivate var secondsSince: Double {
        Double(DispatchTime.now().uptimeNanoseconds - uptimeNanoseconds) / 1e9
    }
}
