import Foundation
import Kernels

/// The mean of a sentence's states h, weighted by attention to a learned query q:
/// `a = softmax(q · h)` over the tokens, `y = sum a h`.
///
/// These are equations 6 and 7 of Yang et al. 2016 with the states themselves in place of the hidden layer of equation 5,
/// which the layers of the encoder make unnecessary. Hard attention leaves out tokens and takes the softmax over the rest;
/// its gradient passes through the weights of the tokens that are kept, as if the others did not exist, and says nothing
/// about the choice.
struct AttentionPooling: Sendable {
    /// Which tokens of a sentence count; at least one does.
    enum Selection: Hashable, Sendable {
        case all
        /// The given number of tokens with the highest scores, of equal ones the first.
        case best(Int)
        /// Those whose weight is at least this share of the greatest.
        case atLeast(Float)
    }

    /// `[1, dimension]`.
    let query: ParameterSlot
    let selection: Selection

    init(_ name: String, dimension: Int, selection: Selection, in layout: inout ParameterLayout) {
        query = layout.add(name + ".query.weight", 1, dimension, .uniformByInputs)
        self.selection = selection
    }

    struct Activations {
        let states: Matrix
        /// `[1, tokens]`: they sum to 1 over each sentence, and are 0 where a token was left out.
        let weights: Matrix
    }

    /// `[tokens, dimension] -> [sentences, dimension]`.
    func forward(
        _ states: Matrix, _ segments: Segments, _ pass: Pass
    ) -> (pooled: Matrix, Activations) {
        let query = pass.parameters[query]
        let pooled = pass.arena.zeros(segments.count, states.columns)
        let weights = pass.arena.matrix(1, segments.total)
        for sentence in 0..<segments.count {
            let rows = segments.rows(of: sentence)
            for row in rows {
                weights.data[row] = dot(query, states.rows(row..<row + 1), pass)
            }
            weigh(weights.data + rows.lowerBound, rows.count)
            for row in rows where weights.data[row] != 0 {
                addScaled(
                    states.rows(row..<row + 1), scale: weights.data[row],
                    into: pooled.rows(sentence..<sentence + 1), workspace: pass.workspace)
            }
        }
        return (pooled, Activations(states: states, weights: weights))
    }

    /// Turns the scores of a sentence's tokens into their weights.
    private func weigh(_ scores: UnsafeMutablePointer<Float>, _ count: Int) {
        if case .best(let kept) = selection { dropAllBut(kept, scores, count) }
        var top = -Float.infinity
        for token in 0..<count { top = max(top, scores[token]) }
        var sum: Float = 0
        for token in 0..<count {
            var weight = exp(scores[token] - top)
            if case .atLeast(let share) = selection, weight < share { weight = 0 }
            scores[token] = weight
            sum += weight
        }
        for token in 0..<count { scores[token] /= sum }
    }

    /// Makes all scores but the `kept` best minus infinity.
    private func dropAllBut(_ kept: Int, _ scores: UnsafeMutablePointer<Float>, _ count: Int) {
        if count <= kept { return }
        // What is dropped is beaten by all that is kept, so that no count needs a score that is gone.
        for token in 0..<count {
            var betterCount = 0
            for other in 0..<count {
                let isBetter =
                    scores[other] > scores[token]
                    || scores[other] == scores[token] && other < token
                betterCount += isBetter ? 1 : 0
            }
            if betterCount >= kept { scores[token] = -.infinity }
        }
    }

    /// Adds to the gradients of the states and of the query. With s the scores: `ds = a (da - sum a da)`, `da = dy · h`.
    func backward(
        _ dpooled: Matrix, _ activations: Activations, _ segments: Segments, into dstates: Matrix,
        _ pass: Pass, gradients: Parameters
    ) {
        let (states, weights) = (activations.states, activations.weights.data)
        let (query, dquery) = (pass.parameters[query], gradients[query])
        let workspace = pass.workspace
        let mark = pass.arena.mark
        let dweights = pass.arena.allocate(segments.total)
        for sentence in 0..<segments.count {
            let dtarget = dpooled.rows(sentence..<sentence + 1)
            let rows = segments.rows(of: sentence).lazy.filter { weights[$0] != 0 }
            var mean: Float = 0
            for row in rows {
                dweights[row] = dot(dtarget, states.rows(row..<row + 1), pass)
                mean += weights[row] * dweights[row]
            }
            for row in rows {
                let state = states.rows(row..<row + 1), dstate = dstates.rows(row..<row + 1)
                let dscore = weights[row] * (dweights[row] - mean)
                addScaled(dtarget, scale: weights[row], into: dstate, workspace: workspace)
                addScaled(query, scale: dscore, into: dstate, workspace: workspace)
                addScaled(state, scale: dscore, into: dquery, workspace: workspace)
            }
        }
        pass.arena.release(to: mark)
    }

    private func dot(_ x: Matrix, _ y: Matrix, _ pass: Pass) -> Float {
        Float(sumOfProducts(x, y, workspace: pass.workspace))
    }
}
