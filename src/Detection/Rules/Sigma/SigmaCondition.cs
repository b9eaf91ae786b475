using System.Globalization;

namespace SentinelHealth.Detection.Rules.Sigma;

/// <summary>Reads the condition of a rule: <c>or</c> binds weakest, then <c>and</c>, <c>not</c>, <c>x of</c>, parentheses.</summary>
/// <remarks>Sigma specification 2.1.0, "Condition". Depth and length are bounded, so that no text makes it run away.</remarks>
internal sealed class SigmaCondition
{
    private const int CharactersMax = 8_192;
    private const int DepthMax = 64;

    private readonly IReadOnlyDictionary<string, SigmaExpression> _searches;
    private readonly long _line;
    private readonly List<string> _tokens;
    private int _at;

    private SigmaCondition(string text, long line, IReadOnlyDictionary<string, SigmaExpression> searches)
    {
        (_line, _searches) = (line, searches);
        if (text.Length > CharactersMax)
            throw Fault($"The condition is longer than {CharactersMax} characters.");
        _tokens = Tokens(text);
    }

    /// <summary>The condition with its search identifiers replaced.</summary>
    /// <exception cref="SigmaFault">It is no condition, or names a search that is not there.</exception>
    public static SigmaExpression Parse(string text, long line, IReadOnlyDictionary<string, SigmaExpression> searches)
    {
        var reader = new SigmaCondition(text, line, searches);
        var condition = reader.Or(0);
        return reader._at == reader._tokens.Count
            ? condition
            : throw reader.Fault($"'{reader._tokens[reader._at]}' does not belong here in the condition.");
    }

    private SigmaExpression Or(int depth)
    {
        var parts = new List<SigmaExpression> { And(depth) };
        while (TakeWord("or"))
            parts.Add(And(depth));
        return SigmaExpression.Any(parts);
    }

    private SigmaExpression And(int depth)
    {
        var parts = new List<SigmaExpression> { Not(depth) };
        while (TakeWord("and"))
            parts.Add(Not(depth));
        return SigmaExpression.All(parts);
    }

    private SigmaExpression Not(int depth)
    {
        if (depth > DepthMax)
            throw Fault($"The condition is nested deeper than {DepthMax}.");
        if (TakeWord("not"))
            return new SigmaNot(Not(depth + 1));
        if (Take("("))
        {
            var inner = Or(depth + 1);
            return Take(")") ? inner : throw Fault("A parenthesis is not closed.");
        }
        var word = Next();
        return TakeWord("of") ? Some(word) : Named(word);
    }

    private SigmaExpression Some(string quantity)
    {
        var pattern = Next();
        var parts = Matching(pattern);
        if (parts.Count == 0)
            throw Fault($"No search is called '{pattern}'.");
        if (Is(quantity, "all"))
            return SigmaExpression.All(parts);
        if (Is(quantity, "any"))
            return SigmaExpression.Any(parts);
        if (!int.TryParse(quantity, NumberStyles.None, CultureInfo.InvariantCulture, out var least) || least < 1)
            throw Fault($"'{quantity} of' is neither a number from 1, 'any' nor 'all'.");
        if (least > parts.Count)
            throw Fault($"'{quantity} of {pattern}' can never hold: only {parts.Count} searches are called so.");
        return least == 1 ? SigmaExpression.Any(parts) : new SigmaSome(least, parts);
    }

    private List<SigmaExpression> Matching(string pattern) =>
        Is(pattern, "them")
            ? [.. _searches.Where(search => !search.Key.StartsWith('_')).Select(search => search.Value)]
            : [.. _searches.Where(search => Fits(search.Key, pattern)).Select(search => search.Value)];

    private SigmaExpression Named(string name) => _searches.TryGetValue(name, out var search)
        ? search
        : throw Fault(name.Contains('*', StringComparison.Ordinal)
            ? $"'{name}' needs '1 of' or 'all of' before it."
            : $"The condition names '{name}', which the detection does not have.");

    /// <summary>A star stands for anything, as in <c>selection_*</c>.</summary>
    private static bool Fits(string name, string pattern) =>
        SigmaValue.Parse(pattern).ToPattern(isCased: true).IsMatch(System.Text.Encoding.UTF8.GetBytes(name));

    private string Next() => _at < _tokens.Count ? _tokens[_at++] : throw Fault("The condition ends too early.");

    private bool Take(string token)
    {
        if (_at >= _tokens.Count || _tokens[_at] != token)
            return false;
        _at++;
        return true;
    }

    private bool TakeWord(string word)
    {
        if (_at >= _tokens.Count || !Is(_tokens[_at], word))
            return false;
        _at++;
        return true;
    }

    private static bool Is(string token, string word) => token.Equals(word, StringComparison.OrdinalIgnoreCase);

    private List<string> Tokens(string text)
    {
        var tokens = new List<string>();
        for (var i = 0; i < text.Length;)
        {
            if (char.IsWhiteSpace(text[i]))
                i++;
            else if (text[i] is '(' or ')')
                tokens.Add(text[i++].ToString());
            else if (text[i] == '|')
                throw Fault("Aggregation in a condition is obsolete; write a correlation rule.");
            else if (IsName(text[i]))
            {
                var from = i;
                while (i < text.Length && IsName(text[i]))
                    i++;
                tokens.Add(text[from..i]);
            }
            else
                throw Fault($"The character U+{(int)text[i]:X4} does not belong into a condition.");
        }
        return tokens;
    }

    private static bool IsName(char letter) => char.IsLetterOrDigit(letter) || letter is '_' or '-' or '*' or '?' or '.';

    private SigmaFault Fault(string reason) => new(_line, reason);
}
