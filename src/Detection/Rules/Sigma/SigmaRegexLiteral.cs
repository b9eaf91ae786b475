using System.Text;
using System.Text.RegularExpressions;

namespace SentinelHealth.Detection.Rules.Sigma;

/// <summary>Finds a text that whatever matches a regular expression must contain.</summary>
/// <remarks>
/// It looks at what stands outside groups, classes and alternatives, and gives up on what it does not know: no text is always a right answer.
/// The text is in lower case, for texts in lower case.
/// </remarks>
internal static class SigmaRegexLiteral
{
    /// <summary>Letters that match more than their two cases when case does not count, such as the Kelvin sign for k.</summary>
    private const string UnsafeLetters = "iksIKS";

    /// <summary>Escapes that go on behind their letter, or mean what was matched before.</summary>
    private const string LongEscapes = "xucpPk0123456789";

    /// <summary>The longest such text; empty when there is none.</summary>
    public static byte[] Of(string expression, RegexOptions options)
    {
        if (HasAlternatives(expression) || Regex.IsMatch(expression, @"\(\?[a-zA-Z-]*x", RegexOptions.NonBacktracking))
            return [];
        var isCaseless = options.HasFlag(RegexOptions.IgnoreCase)
            || Regex.IsMatch(expression, @"\(\?[a-zA-Z]*i", RegexOptions.NonBacktracking);
        var (longest, run) = ("", new StringBuilder());
        for (var at = 0; at < expression.Length;)
        {
            var next = EndOf(expression, at);
            if (expression[at] == '\\' && at + 1 < expression.Length
                && LongEscapes.Contains(expression[at + 1], StringComparison.Ordinal))
                return [];
            var letter = LetterOf(expression, at, next);
            var isRepeated = next < expression.Length && expression[next] is '?' or '*' or '{' or '+';
            if (letter is { } plain && char.IsAscii(plain)
                && !(isCaseless && UnsafeLetters.Contains(plain, StringComparison.Ordinal))
                && (!isRepeated || expression[next] == '+'))
                run.Append(plain);
            else
                Close();
            if (isRepeated)
                Close();
            at = next;
        }
        Close();
        return SigmaText.Lower(longest);

        void Close()
        {
            if (run.Length > longest.Length)
                longest = run.ToString();
            run.Clear();
        }
    }

    /// <summary>Where the item that begins here ends: an escape, a class, a group or one letter.</summary>
    private static int EndOf(string text, int at)
    {
        switch (text[at])
        {
            case '\\':
                return Math.Min(at + 2, text.Length);
            case '{':
                return text.IndexOf('}', at) is var close and >= 0 ? close + 1 : text.Length;
            case '[':
                return EndOfClass(text, at);
            case '(':
                var depth = 0;
                for (var i = at; i < text.Length; i = text[i] is '\\' or '[' ? EndOf(text, i) : i + 1)
                {
                    depth += text[i] == '(' ? 1 : text[i] == ')' ? -1 : 0;
                    if (depth == 0)
                        return i + 1;
                }
                return text.Length;
            default:
                return at + 1;
        }
    }

    private static int EndOfClass(string text, int at)
    {
        // A bracket right behind the opening one is a letter of the class.
        var i = at + 1;
        if (i < text.Length && text[i] == '^')
            i++;
        if (i < text.Length && text[i] == ']')
            i++;
        while (i < text.Length && text[i] != ']')
            i = text[i] == '[' ? EndOfClass(text, i) : text[i] == '\\' ? i + 2 : i + 1;
        return Math.Min(i + 1, text.Length);
    }

    /// <summary>The letter that an item stands for; null when it stands for anything else.</summary>
    private static char? LetterOf(string text, int at, int end) => text[at] switch
    {
        '\\' => end == at + 2 && !char.IsLetterOrDigit(text[at + 1]) ? text[at + 1] : null,
        '.' or '^' or '$' or '(' or ')' or '[' or '?' or '*' or '+' or '{' or '}' or ']' => null,
        var letter => letter,
    };

    private static bool HasAlternatives(string text)
    {
        for (var at = 0; at < text.Length; at = EndOf(text, at))
        {
            if (text[at] == '|')
                return true;
        }
        return false;
    }
}
