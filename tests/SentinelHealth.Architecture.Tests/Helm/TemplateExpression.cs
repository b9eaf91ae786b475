using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using YamlDotNet.Serialization;

namespace SentinelHealth.Architecture.Tests.Helm;

/// <summary>What an expression is evaluated in: the dot, and variables of ranges.</summary>
internal sealed record TemplateScope(object? Dot, IReadOnlyDictionary<string, object?> Variables);

/// <summary>Evaluates pipelines of the functions that the chart uses.</summary>
/// <param name="include">Renders a named template.</param>
internal sealed partial class TemplateExpression(Func<string, object?, string> include)
{
    /// <exception cref="FormatException">A function or word is not known here.</exception>
    /// <exception cref="InvalidOperationException">A required value is missing; the message is the chart's.</exception>
    public object? Evaluate(string expression, TemplateScope scope)
    {
        var words = new Queue<string>(Word().Matches(expression).Select(match => match.Value));
        var value = Pipeline(words, scope);
        return words.Count == 0 ? value : throw new FormatException($"{expression}: {words.Peek()} is left over.");
    }

    public static bool IsTrue(object? value) => value switch
    {
        null or false or "" or 0L => false,
        System.Collections.ICollection { Count: 0 } => false,
        _ => true,
    };

    public static string Text(object? value) => value switch
    {
        null => throw new FormatException("A value that is not there would be written."),
        true => "true",
        false => "false",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private object? Pipeline(Queue<string> words, TemplateScope scope)
    {
        var value = Call(words, scope, []);
        while (words.TryPeek(out var word) && word == "|")
        {
            words.Dequeue();
            value = Call(words, scope, [value]);
        }
        return value;
    }

    private object? Call(Queue<string> words, TemplateScope scope, object?[] piped)
    {
        var first = words.Dequeue();
        if (!IsName(first))
            return piped.Length == 0 ? Operand(first, words, scope) : throw new FormatException($"{first} takes nothing from a pipe.");
        var given = new List<object?>();
        while (words.TryPeek(out var word) && word is not ("|" or ")"))
            given.Add(Operand(words.Dequeue(), words, scope));
        return Apply(first, [.. given, .. piped]);
    }

    private object? Operand(string word, Queue<string> words, TemplateScope scope)
    {
        if (word == "(")
        {
            var value = Pipeline(words, scope);
            return words.Dequeue() == ")" ? value : throw new FormatException("A parenthesis is not closed.");
        }
        return word[0] switch
        {
            '"' => Regex.Unescape(word[1..^1]),
            '.' => Path(scope.Dot, word[1..]),
            '$' => Path(scope.Variables[word.Split('.')[0]], word.Contains('.') ? word[(word.IndexOf('.') + 1)..] : ""),
            _ when long.TryParse(word, CultureInfo.InvariantCulture, out var number) => number,
            _ when word is "true" or "false" => word == "true",
            _ => throw new FormatException($"{word} is not known here."),
        };
    }

    /// <summary>Through maps by their keys; what is not there is nothing, as in Helm.</summary>
    private static object? Path(object? value, string path)
    {
        foreach (var name in path.Split('.', StringSplitOptions.RemoveEmptyEntries))
            value = value is IDictionary<string, object?> map ? map.TryGetValue(name, out var next) ? next : null
                : throw new FormatException($".{path} goes through something that is no map.");
        return value;
    }

    private object? Apply(string name, object?[] given) => (name, given) switch
    {
        ("include", [string template, var dot]) => include(template, dot),
        ("quote", [var value]) => $"\"{Text(value ?? "").Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"",
        ("toYaml", [var value]) => Yaml.Serialize(value).TrimEnd(),
        ("nindent", [long spaces, string text]) => "\n" + Indented(spaces, text),
        ("default", [var other, var value]) => IsTrue(value) ? value : other,
        ("required", [string message, var value]) => value is null or "" ? throw new InvalidOperationException(message) : value,
        ("printf", [string format, ..]) => given.Skip(1).Aggregate(
            format, (text, value) => Placeholder().Replace(text, Text(value).Replace("$", "$$", StringComparison.Ordinal), 1)),
        ("sha256sum", [string text]) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text))),
        ("dict", _) => given.Chunk(2).ToDictionary(pair => (string)pair[0]!, pair => pair[1]),
        _ => throw new FormatException($"{name} with {given.Length} values is not known here."),
    };

    private static string Indented(long spaces, string text) =>
        string.Join('\n', text.Split('\n').Select(line => line.Length == 0 ? line : new string(' ', (int)spaces) + line));

    private static ISerializer Yaml { get; } = new SerializerBuilder().WithQuotingNecessaryStrings().Build();

    private static bool IsName(string word) => char.IsAsciiLetterLower(word[0]) && word is not ("true" or "false");

    [GeneratedRegex("""\"(?:\\.|[^"\\])*\"|[()|]|[^\s()|]+""")]
    private static partial Regex Word();

    [GeneratedRegex("%[sd]")]
    private static partial Regex Placeholder();
}
