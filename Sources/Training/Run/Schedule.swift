import Foundation

extension ScheduleRule {
    /// The learning rate of one step.
    ///
    /// - Parameters:
    ///   - step: from 1.
    ///   - total: the steps of the stage, at whose end a cosine (Loshchilov and Hutter 2017, eq. 5) reaches the minimum.
    func learningRate(at step: Int, of total: Int) -> Double {
        if step < warmupSteps { return learningRate * Double(step) / Double(warmupSteps) }
        switch name {
        case .constant: return learningRate
        case .inverseSquareRoot:
            let decayed = learningRate * (Double(warmupSteps) / Double(step)).squareRoot()
            return max(minimum, decayed)
        case .cosine:
            let progress = Double(step - warmupSteps) / Double(max(1, total - warmupSteps))
            return minimum + (learningRate - minimum) * (1 + cos(.pi * min(1, progress))) / 2
        }
    }
}
