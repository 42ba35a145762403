/// What the lines of an input are to each other.
public enum TextMode: String, CaseIterable, Sendable {
    /// Each line is a text.
    case line
    /// The lines between blank lines are a text whose lines stay lines.
    case paragraph
    /// The lines between blank lines are a text that was broken to fit a width.
    case wrapped
}
