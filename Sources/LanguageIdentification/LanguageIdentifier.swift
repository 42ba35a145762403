import Foundation

/// Tells the language of a text.
///
/// A linear softmax classifier over the runs of letters that `LanguageFeatures` finds. With n features in the buckets
/// b_1 ... b_n the probability of class c is
///
///     softmax_c (scale * sum_i weight[b_i, c] / sqrt(n))
///
/// The square root makes a long text more certain than a short one, yet not as certain as if its runs were independent.
/// The last class is text in none of the languages. The scale holds the temperature that calibrates the probabilities
/// (Guo et al. 2017, "On Calibration of Modern Neural Networks").
///
/// The file format is described at `LanguageIdentifierFile`. `LanguageIdentifierTrainer` of `Training` makes one.
public struct LanguageIdentifier: Hashable, Sendable {
    /// The languages that it knows, by their codes.
    public let languages: [String]

    /// [bucketCount, classCount], row-major.
    let weights: [Int8]
    let scale: Float

    /// One class for each language, and the last one for all others.
    private var classCount: Int { languages.count + 1 }

    init(languages: [String], weights: [Int8], scale: Float) {
        self.languages = languages
        self.weights = weights
        self.scale = scale
    }

    /// Rounds the weights of a trained classifier to 8 bits.
    ///
    /// - Parameters:
    ///   - languages: as `problem(ofLanguages:)` asks.
    ///   - weights: [bucketCount, languages + 1], row-major, finite.
    ///   - temperature: what the logits are divided by, positive.
    package init(languages: [String], weights: [Float], temperature: Double) {
        precondition(
            weights.count == LanguageFeatures.bucketCount * (languages.count + 1),
            "\(weights.count) weights for \(languages.count) languages")
        let largest = weights.reduce(0) { max($0, abs($1)) }
        let step = largest > 0 ? largest / 127 : 1
        self.init(
            languages: languages, weights: weights.map { Int8(($0 / step).rounded()) },
            scale: step / Float(temperature))
    }

    /// The language of a text. Text without a letter is in none.
    public func identify(_ text: String) -> LanguageEstimate {
        let probabilities = probabilities(of: LanguageFeatures(text))
        let best = probabilities.indices.max { probabilities[$0] < probabilities[$1] }!
        return LanguageEstimate(
            language: best < languages.count ? languages[best] : nil,
            probability: probabilities[best])
    }

    /// The probability of each language and, last, of none of them.
    private func probabilities(of features: LanguageFeatures) -> [Double] {
        features.buckets.isEmpty ? languages.map { _ in 0 } + [1] : softmax(logits(of: features))
    }

    /// What the probabilities are the softmax of: for each language and, last, for none of them.
    ///
    /// - Precondition: there is a feature.
    package func logits(of features: LanguageFeatures) -> [Double] {
        // Sums of integers, so no order of summation shows in the result.
        var sums = [Int](repeating: 0, count: classCount)
        weights.withUnsafeBufferPointer { weights in
            for bucket in features.buckets {
                let row = Int(bucket) * classCount
                for index in 0..<classCount { sums[index] += Int(weights[row + index]) }
            }
        }
        let factor = Double(scale) / Double(features.buckets.count).squareRoot()
        return sums.map { factor * Double($0) }
    }

    /// What is wrong with a list of languages, in words; nil if nothing is.
    package static func problem(ofLanguages languages: [String]) -> String? {
        if languages.count < 2 { return "there are fewer than two languages" }
        if languages.count > 100 { return "there are more than 100 languages" }
        if Set(languages).count < languages.count { return "a language is there twice" }
        if languages.contains(LanguageEstimate.undetermined) {
            return "'\(LanguageEstimate.undetermined)' is no language"
        }
        return languages.lazy.compactMap(problem(ofCode:)).first
    }

    /// What is wrong with a language's code, in words; nil if nothing is.
    package static func problem(ofCode code: String) -> String? {
        let letters = UInt8(ascii: "a")...UInt8(ascii: "z")
        return (2...3).contains(code.utf8.count) && code.utf8.allSatisfy(letters.contains)
            ? nil : "'\(code)' is not a language's code of two or three small letters"
    }
}

/// exp(x_i) / sum_j exp(x_j).
package func softmax(_ logits: [Double]) -> [Double] {
    let largest = logits.max() ?? 0
    let powers = logits.map { exp($0 - largest) }
    let sum = powers.reduce(0, +)
    return powers.map { $0 / sum }
}
