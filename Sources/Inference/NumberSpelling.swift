/// The ways in which languages write the same number.
enum NumberSpelling {
    /// One spelling for all that may mean the same number: `1,000.5`, `1.000,5` and `1 000,5` give `1000.5`, and `10:30` and
    /// `10.30` give `10.30`. Where a mark followed by three digits may be either (`1.500`), it counts as a separator of
    /// thousands.
    static func canonical(_ number: String) -> String {
        var sign = ""
        var groups = [""]
        var marks: [Unicode.Scalar] = []
        for scalar in number.unicodeScalars {
            switch scalar {
            case "-", "\u{2212}": sign = "-"
            case "+": sign = "+"
            case ".", ",", ":", " ", "'", "\u{2019}":
                marks.append(scalar)
                groups.append("")
            default: groups[groups.count - 1].unicodeScalars.append(scalar)
            }
        }
        return sign + joined(groups, marks)
    }

    private static func joined(_ groups: [String], _ marks: [Unicode.Scalar]) -> String {
        guard let mark = marks.last else { return groups[0] }
        if marks.allSatisfy({ $0 == mark }) && mark != ":" && areThousands(groups[...]) {
            return groups.joined()
        }
        // A mark that differs from all before it begins the fraction.
        let whole = groups.dropLast()
        if marks.dropLast().allSatisfy({ $0 == marks[0] }) && marks[0] != mark
            && areThousands(whole)
        {
            return whole.joined() + "." + groups[groups.count - 1]
        }
        return groups.joined(separator: ".")
    }

    private static func areThousands(_ groups: ArraySlice<String>) -> Bool {
        guard let first = groups.first, groups.count > 1 else { return false }
        return first.count <= 3 && first.first != "0"
            && groups.dropFirst().allSatisfy { $0.count == 3 }
    }
}
