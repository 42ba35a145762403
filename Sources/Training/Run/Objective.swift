import Kernels
import Tokenization
import Transformer

/// What a step minimises: the losses of the tasks' batches, weighted, with their gradients added into a buffer.
struct Objective {
    let model: Model
    let startTokens: [TokenID]
    let translationLoss: TranslationLoss
    let sentimentLoss: SentimentLoss

    /// The loss of a batch of sentence pairs; its mean over the target tokens, times `weight`, is differentiated.
    func translate(
        _ batch: [TranslationExample], weight: Double, _ pass: Pass, gradients: Parameters
    ) -> LossSum {
        let mark = pass.arena.mark
        defer { pass.arena.release(to: mark) }
        let source = Batch(batch.map(\.source))
        let shiftedTarget = Batch(
            batch.map { [startTokens[$0.languageIndex]] + $0.target.dropLast() })
        let targets = batch.flatMap(\.target)
        let encoder = model.encoder(for: .translation)
        let (states, encoded) = encoder.forward(source, pass)
        let (outputs, decoded) = model.decoder.forward(shiftedTarget, states, pass)
        let (sum, doutputs) = translationLoss.forwardBackward(
            model, outputs, targets: targets, scale: Float(weight / Double(targets.count)), pass,
            gradients: gradients)
        let dstates = EncoderStateGradients(of: states, pass)
        model.decoder.backward(
            doutputs, decoded, into: dstates.states, pass, gradients: gradients)
        encoder.backward(dstates, encoded, pass, gradients: gradients)
        return sum
    }

    /// What a weight of 1 differentiates, of a batch whose loss summed up to `sum`.
    func loss(_ sum: LossSum, of task: TrainingTask) -> Double {
        let mean = sum.smoothed / Double(sum.count)
        return switch task {
        case .translation: mean
        case .sentiment: mean * Double(model.sentimentHeads.count)
        }
    }

    /// The loss of a batch of labelled sentences; its mean over the sentences, times `weight`, is differentiated for each
    /// head, so that none leans on the others. The sum is over the heads.
    func classify(
        _ batch: [SentimentExample], weight: Double, _ pass: Pass, gradients: Parameters
    ) -> LossSum {
        let mark = pass.arena.mark
        defer { pass.arena.release(to: mark) }
        let encoder = model.encoder(for: .sentiment)
        let (states, encoded) = encoder.forward(Batch(batch.map(\.tokens)), pass)
        let dstates = EncoderStateGradients(of: states, pass)
        var sum = LossSum()
        for head in model.sentimentHeads {
            let (logits, activations) = head.forward(states, pass)
            sum += sentimentLoss.forwardBackward(
                logits, targets: batch.map(\.target), scale: weight / Double(batch.count))
            head.backward(logits, activations, into: dstates, pass, gradients: gradients)
        }
        encoder.backward(dstates, encoded, pass, gradients: gradients)
        return sum
    }
}
