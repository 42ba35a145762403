import Kernels
import XCTest

@testable import Transformer

/// What an evaluation of a loss reads and adds to.
struct GradientOperands {
    let pass: Pass
    let inputs: [Matrix]
    let dinputs: [Matrix]
    let gradients: Parameters

    /// `sum w y` with fixed weights w, and its gradient, which is w.
    func weightedSum(_ y: Matrix) -> (loss: Double, dy: Matrix) {
        var generator = SeededGenerator(seed: 17)
        let dy = pass.arena.matrix(y.rows, y.columns)
        var loss = 0.0
        for index in 0..<y.count {
            dy.data[index] = Float(generator.nextUnit()) - 0.5
            loss += Double(dy.data[index]) * Double(y.data[index])
        }
        return (loss, dy)
    }
}

/// Compares the gradients of all parameters and inputs with finite differences of fourth order,
/// `(8 (f(h) - f(-h)) - (f(2h) - f(-2h))) / 12 h`.
///
/// A derivative may differ by 0.2 % of the largest of its tensor, and by 2e-4: the loss is computed in single precision.
/// Weights are drawn from ±0.3, scales from 0.5...1.5. Biases in front of a ReLU are ±`reluBias`, so that no hidden unit
/// comes near its kink.
/// - Parameters:
///   - step: h. It is smaller where a maximum over tokens has a kink wherever two tokens are equal.
///   - evaluate: the loss; adds its gradients.
func assertGradients(
    _ layout: ParameterLayout, inputs shapes: [(rows: Int, columns: Int)] = [],
    reluBias: Float = 2.5, dropoutRate: Float = 0, step: Float = 0x1p-5, seed: UInt64 = 1,
    file: StaticString = #filePath, line: UInt = #line, _ evaluate: (GradientOperands) -> Double
) {
    var inputLayout = ParameterLayout()
    let inputSlots = shapes.enumerated().map { index, shape in
        inputLayout.add("input \(index)", shape.rows, shape.columns, .zeros)
    }
    let parameters = drawnParameters(layout, reluBias: reluBias, seed: seed)
    let inputs = Parameters(inputLayout)
    var generator = SeededGenerator(seed: seed &+ 1)
    for value in inputs.all.elements.indices {
        inputs.all.elements[value] = Float(2 * generator.nextUnit() - 1)
    }
    let workspace = Workspace(threadCount: 2)
    func loss(_ gradients: Parameters, _ dinputs: Parameters) -> Double {
        let mark = workspace.arena.mark
        defer { workspace.arena.release(to: mark) }
        let source = dropoutRate > 0 ? DropoutSource(rate: dropoutRate, seed: 5) : nil
        return evaluate(
            GradientOperands(
                pass: Pass(parameters, workspace: workspace, dropout: source),
                inputs: inputSlots.map { inputs[$0] }, dinputs: inputSlots.map { dinputs[$0] },
                gradients: gradients))
    }
    // Backward adds: what was there before must stay.
    let (gradients, dinputs) = (Parameters(layout), Parameters(inputLayout))
    let before: Float = 0.25
    gradients.all.elements.update(repeating: before)
    dinputs.all.elements.update(repeating: before)
    _ = loss(gradients, dinputs)

    let (unused, unusedInputs) = (Parameters(layout), Parameters(inputLayout))
    let tensors =
        layout.slots.map { ($0.name, parameters[$0], gradients[$0]) }
        + inputSlots.map { ($0.name, inputs[$0], dinputs[$0]) }
    for (name, values, gradient) in tensors {
        let analytic = gradient.elements.map { Double($0 - before) }
        let numeric = values.elements.indices.map { index in
            derivative(at: &values.elements[index], step: step) { loss(unused, unusedInputs) }
        }
        let largest = numeric.map(abs).max() ?? 0
        let differences = zip(analytic, numeric).map { abs($0 - $1) }
        let worst = differences.indices.max { differences[$0] < differences[$1] } ?? 0
        XCTAssertLessThanOrEqual(
            differences[worst], 2e-3 * largest + 2e-4,
            "\(name), element \(worst): \(analytic[worst]) by backward, \(numeric[worst]) by differences",
            file: file, line: line)
    }
}

/// The derivative of `f` by a value that it reads.
private func derivative(at value: inout Float, step: Float, of f: () -> Double) -> Double {
    let center = value
    defer { value = center }
    func at(_ shift: Float) -> Double {
        value = center + shift
        return f()
    }
    let inner = at(step) - at(-step)
    let outer = at(2 * step) - at(-2 * step)
    return (8 * inner - outer) / (12 * Double(step))
}

/// Parameters away from all that is special: see `assertGradients`.
func drawnParameters(_ layout: ParameterLayout, reluBias: Float, seed: UInt64) -> Parameters {
    let parameters = Parameters(layout)
    var generator = SeededGenerator(seed: seed)
    for slot in layout.slots {
        let values = parameters[slot].elements
        for index in values.indices {
            let unit = Float(generator.nextUnit())
            if slot.name.hasSuffix("inner.bias") || slot.name.hasSuffix("hidden.bias") {
                values[index] = unit < 0.5 ? -reluBias : reluBias
            } else if slot.name.hasSuffix("norm.weight") {
                values[index] = 0.5 + unit
            } else {
                values[index] = 0.6 * unit - 0.3
            }
        }
    }
    return parameters
}

/// A configuration with which a gradient check of everything takes a second.
let tinyConfiguration = ModelConfiguration(
    encoderLayerCount: 2, decoderLayerCount: 2, modelDimension: 8, feedForwardDimension: 12,
    headCount: 2, maximumLength: 12, vocabularySize: 18, languages: ["de", "fr"])
