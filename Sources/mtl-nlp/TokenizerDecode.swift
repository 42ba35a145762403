import ArgumentParser
import LineFilter
import Logging
import Tokenization

struct TokenizerDecode: LoggingCommand {
    static let configuration = CommandConfiguration(
        commandName: "decode",
        abstract: "Turn each line of token IDs on standard input into text.",
        discussion: """
            What 'tokenizer encode' makes of a line gives the normalised line again. A line with \
            anything but IDs of the vocabulary is answered with an empty line and a warning.

              echo "A dog runs." | mtl-nlp tokenizer encode | mtl-nlp tokenizer decode
            """)

    @OptionGroup var tokenizer: TokenizerOptions
    @OptionGroup var logging: LoggingOptions

    func run() throws {
        let tokenizer = try tokenizer.load()
        let logger = Logger(label: "mtl-nlp")
        try filterStandardInput(lookAhead: 1024) { lines in
            lines.map { line in
                do {
                    return tokenizer.decode(try tokens(line, tokenizer.vocabulary.count))
                } catch {
                    logger.warning("\(error)")
                    return ""
                }
            }
        }
    }

    private func tokens(_ line: Line, _ vocabularySize: Int) throws(BadToken) -> [TokenID] {
        var tokens: [TokenID] = []
        for text in line.text.split(separator: " ") {
            guard let token = TokenID(text), (0..<vocabularySize).contains(Int(token)) else {
                throw BadToken(
                    text: String(text), line: line.number, vocabularySize: vocabularySize)
            }
            tokens.append(token)
        }
        return tokens
    }

    private struct BadToken: Error, CustomStringConvertible {
        let text: String
        let line: Int
        let vocabularySize: Int

        var description: String {
            "standard input:\(line): '\(text)' is not a token ID; "
                + "IDs run from 0 to \(vocabularySize - 1)"
        }
    }
}
