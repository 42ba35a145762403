import Kernels
import XCTest

@testable import Transformer

/// Every layer against finite differences.
final class LayerGradientTests: XCTestCase {
    private let segments = Segments(lengths: [1, 4, 3])
    private let sourceSegments = Segments(lengths: [3, 2, 5])
    private let rates: [Float] = [0, 0.3]

    func testLinear() {
        var layout = ParameterLayout()
        let linear = Linear("linear", inner: 5, outer: 7, in: &layout)
        assertGradients(layout, inputs: [(3, 5)]) { it in
            let (loss, dy) = it.weightedSum(linear.forward(it.inputs[0], it.pass))
            linear.backward(
                dy, x: it.inputs[0], into: it.dinputs[0], it.pass, gradients: it.gradients)
            return loss
        }
    }

    func testLinearIntoNewMatrix() {
        var layout = ParameterLayout()
        let linear = Linear("linear", inner: 5, outer: 7, in: &layout)
        assertGradients(layout, inputs: [(3, 5)]) { it in
            let (loss, dy) = it.weightedSum(linear.forward(it.inputs[0], it.pass))
            let dx = linear.backward(dy, x: it.inputs[0], it.pass, gradients: it.gradients)
            addScaled(dx, into: it.dinputs[0], workspace: it.pass.workspace)
            return loss
        }
    }

    func testLayerNorm() {
        var layout = ParameterLayout()
        let norm = LayerNorm("norm", dimension: 9, in: &layout)
        assertGradients(layout, inputs: [(4, 9)]) { it in
            let activations = norm.forward(it.inputs[0], it.pass)
            let (loss, dy) = it.weightedSum(activations.y)
            norm.backward(
                dy, activations, into: it.dinputs[0], it.pass, gradients: it.gradients)
            return loss
        }
    }

    /// Adds a gradient that was computed in place.
    private func add(_ dx: Matrix, to dinput: Matrix, _ pass: Pass) {
        addScaled(dx, into: dinput, workspace: pass.workspace)
    }

    func testFeedForward() {
        var layout = ParameterLayout()
        let block = FeedForward("feed_forward", tinyConfiguration, in: &layout)
        for rate in rates {
            assertGradients(layout, inputs: [(5, 8)], dropoutRate: rate) { it in
                let (y, activations) = block.forward(it.inputs[0], it.pass)
                let (loss, dy) = it.weightedSum(y)
                block.backward(dy, activations, it.pass, gradients: it.gradients)
                add(dy, to: it.dinputs[0], it.pass)
                return loss
            }
        }
    }

    func testSelfAttention() {
        for isCausal in [false, true] {
            var layout = ParameterLayout()
            let block = SelfAttention(
                "self_attention", tinyConfiguration, isCausal: isCausal, in: &layout)
            for rate in rates {
                assertGradients(
                    layout, inputs: [(segments.total, 8)], dropoutRate: rate
                ) { it in
                    let (y, activations) = block.forward(it.inputs[0], segments, it.pass)
                    let (loss, dy) = it.weightedSum(y)
                    block.backward(dy, activations, segments, it.pass, gradients: it.gradients)
                    add(dy, to: it.dinputs[0], it.pass)
                    return loss
                }
            }
        }
    }

    func testCrossAttention() {
        var layout = ParameterLayout()
        let block = CrossAttention("cross_attention", tinyConfiguration, in: &layout)
        for rate in rates {
            assertGradients(
                layout, inputs: [(segments.total, 8), (sourceSegments.total, 8)],
                dropoutRate: rate
            ) { it in
                let source = EncoderStates(states: it.inputs[1], segments: sourceSegments)
                let (y, activations) = block.forward(it.inputs[0], segments, source, it.pass)
                let (loss, dy) = it.weightedSum(y)
                block.backward(
                    dy, activations, segments, source, into: it.dinputs[1], it.pass,
                    gradients: it.gradients)
                add(dy, to: it.dinputs[0], it.pass)
                return loss
            }
        }
    }

    /// Tokens that occur several times collect all their gradients.
    func testEmbedding() {
        var layout = ParameterLayout()
        let embedding = Embedding("embedding", tinyConfiguration, in: &layout)
        let batch = Batch([[3, 17, 3, 3], [9, 3], [0, 16, 8]])
        for rate in rates {
            assertGradients(layout, dropoutRate: rate) { it in
                let (y, dropout) = embedding.forward(batch, it.pass)
                let (loss, dy) = it.weightedSum(y)
                embedding.backward(dy, batch, dropout, it.pass, gradients: it.gradients)
                return loss
            }
        }
    }
}
