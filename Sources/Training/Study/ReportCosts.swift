import Foundation
import Transformer

extension StudyReport {
    /// What systems take, and what their training took.
    func costTable(_ phase: Phase) -> [String] {
        let rows = phase.systems.map { system in
            let cost = system.cost
            return [
                system.name, "\(cost.parameters)", decimal(Double(cost.bytes) / 1e6),
                decimal(Double(cost.encoderMultiplyAdds) / 1e6),
                decimal(Double(cost.answerMultiplyAdds) / 1e6),
                cost.encoderSeconds.map(fine) ?? "", cost.answerSeconds.map(decimal) ?? "",
            ]
        }
        let training = phase.systems.map { system in
            let cost = system.cost
            return [system.name]
                + TrainingTask.allCases.map { task in
                    cost.trainingTokens[task].map { decimal(Double($0) / 1e6) } ?? ""
                } + [decimal(cost.trainingMultiplyAdds / 1e12), decimal(cost.trainingSeconds / 60)]
        }
        let note =
            "Of two arms the sum; of an arm for one task what that task needs. Multiply-adds are counted, "
            + "for a sentence of 20 tokens and both tasks; training takes three times as many as "
            + "answering. Seconds are measured: to translate and to classify \(timedTexts) texts "
            + "with one thread, in \(precisionName), with a beam of \(beamSize), and of these to bring "
            + "their tokens through the encoders. Minutes are those of training with its validations."
        return ["### Cost", "", note, ""]
            + table(
                [
                    "system", "parameters", "MB on disk", "encoding, million multiply-adds",
                    "answering, million multiply-adds", "encoding, seconds", "answering, seconds",
                ], rows, numbers: [1, 2, 3, 4, 5, 6])
            + [""]
            + table(
                [
                    "system", "million tokens of translation", "of sentiment",
                    "training, 10^12 multiply-adds", "minutes",
                ], training, numbers: [1, 2, 3, 4])
    }

    private var precisionName: String {
        switch InferencePrecision(rawValue: precision) {
        case .fp32: "32-bit floats"
        case .int8: "8 bits"
        case nil: precision
        }
    }

    /// What systems for both tasks cost, in percent of what a baseline does; empty if it is for one task.
    func shareTable(_ phase: Phase, _ baseline: String) -> [String] {
        func isForBoth(_ system: System) -> Bool {
            Set(system.scores.map(\.metric.name)).isSuperset(of: ["bleu", "accuracy"])
        }
        guard let whole = phase.systems.first(where: { $0.name == baseline && isForBoth($0) })
        else { return [] }
        func share(_ part: Double?, _ whole: Double?) -> String {
            guard let part, let whole, whole > 0 else { return "" }
            return String(format: "%.0f", 100 * part / whole)
        }
        let rows = phase.systems.filter { $0.name != baseline && isForBoth($0) }.map { system in
            let (cost, whole) = (system.cost, whole.cost)
            return [
                system.name, share(Double(cost.parameters), Double(whole.parameters)),
                share(Double(cost.bytes), Double(whole.bytes)),
                share(Double(cost.encoderMultiplyAdds), Double(whole.encoderMultiplyAdds)),
                share(Double(cost.answerMultiplyAdds), Double(whole.answerMultiplyAdds)),
                share(cost.encoderSeconds, whole.encoderSeconds),
                share(cost.answerSeconds, whole.answerSeconds),
                share(cost.trainingMultiplyAdds, whole.trainingMultiplyAdds),
            ]
        }
        return ["Cost in percent of the baseline's:", ""]
            + table(
                [
                    "system", "parameters", "bytes", "multiply-adds to encode",
                    "multiply-adds to answer", "seconds to encode", "seconds to answer",
                    "multiply-adds of training",
                ], rows, numbers: [1, 2, 3, 4, 5, 6, 7]) + [""]
    }

    /// Of short times.
    private func fine(_ value: Double) -> String { String(format: "%.4f", value) }
}
