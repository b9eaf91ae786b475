using System.Text;

namespace SentinelHealth.Detection.Rules.Sigma;

/// <summary>A value of a rule while its modifiers are applied: text with wildcards, or the absence of a value.</summary>
internal sealed class SigmaValue
{
    private const char Escape = '\\';

    private readonly List<Part> _parts = [];

    /// <summary>Whether the rule says null.</summary>
    public bool IsNull { get; private init; }

    /// <summary>The text as it stands in the file.</summary>
    public string Raw { get; private init; } = "";

    /// <summary>Whether there is a <c>*</c> or <c>?</c> in it.</summary>
    public bool HasWildcard => _parts.Any(part => part.Kind is PartKind.Any or PartKind.One);

    /// <summary>The absence of a value.</summary>
    public static SigmaValue Null { get; } = new() { IsNull = true };

    /// <summary>Reads a text: <c>*</c> and <c>?</c> are wildcards; a backslash before one of them, or before a backslash, takes its meaning away.</summary>
    public static SigmaValue Parse(string raw)
    {
        var value = new SigmaValue { Raw = raw };
        var text = new StringBuilder();
        for (var i = 0; i < raw.Length; i++)
        {
            if (raw[i] == Escape && i + 1 < raw.Length && raw[i + 1] is '*' or '?' or Escape)
                text.Append(raw[++i]);
            else if (raw[i] is '*' or '?')
            {
                value.Flush(text);
                value._parts.Add(new(raw[i] == '*' ? PartKind.Any : PartKind.One, ""));
            }
            else
                text.Append(raw[i]);
        }
        value.Flush(text);
        return value;
    }

    /// <summary>A text without wildcards.</summary>
    public static SigmaValue Plain(string text)
    {
        var value = new SigmaValue { Raw = text };
        value.Flush(new StringBuilder(text));
        return value;
    }

    /// <summary>The text when there is no wildcard in it; else null.</summary>
    public string? PlainText() =>
        _parts.All(part => part.Kind == PartKind.Text) ? string.Concat(_parts.Select(part => part.Text)) : null;

    /// <summary>The value with anything before it.</summary>
    public SigmaValue OpenAtStart() => With([Part.Anything, .. _parts]);

    /// <summary>The value with anything after it.</summary>
    public SigmaValue OpenAtEnd() => With([.. _parts, Part.Anything]);

    /// <summary>The value with every dash or slash before a word standing for any of them, as Windows programs take them.</summary>
    public SigmaValue WithAnyDash()
    {
        var parts = new List<Part>();
        foreach (var part in _parts)
        {
            var text = new StringBuilder();
            for (var i = 0; i < part.Text.Length; i++)
            {
                if (!StartsOption(part.Text, i))
                {
                    text.Append(part.Text[i]);
                    continue;
                }
                if (text.Length > 0)
                    parts.Add(new(PartKind.Text, text.ToString()));
                text.Clear();
                parts.Add(new(PartKind.Dash, ""));
            }
            if (part.Kind != PartKind.Text || text.Length > 0)
                parts.Add(part.Kind == PartKind.Text ? part with { Text = text.ToString() } : part);
        }
        return With(parts);
    }

    /// <summary>What is matched.</summary>
    public SigmaPattern ToPattern(bool isCased)
    {
        var segments = new List<SigmaSegment>();
        var items = new List<SigmaSegment.Item>();
        foreach (var part in _parts.Append(Part.Anything))
        {
            if (part.Kind == PartKind.Any)
            {
                if (items.Count > 0)
                    segments.Add(new SigmaSegment([.. items]));
                items.Clear();
            }
            else
            {
                items.Add(part.Kind == PartKind.Text
                    ? new(isCased ? Encoding.UTF8.GetBytes(part.Text) : SigmaText.Lower(part.Text), false)
                    : new(null, part.Kind == PartKind.Dash));
            }
        }
        return new SigmaPattern(
            segments, _parts is [{ Kind: PartKind.Any }, ..], _parts is [.., { Kind: PartKind.Any }], isCased);
    }

    /// <summary>As in <c>\B[-/]\b</c>: no word character before it, one after it.</summary>
    private static bool StartsOption(string text, int at) =>
        text[at] is '-' or '/' && at + 1 < text.Length && IsWord(text[at + 1]) && (at == 0 || !IsWord(text[at - 1]));

    private static bool IsWord(char letter) => char.IsLetterOrDigit(letter) || letter == '_';

    private SigmaValue With(IEnumerable<Part> parts)
    {
        var value = new SigmaValue { Raw = Raw };
        value._parts.AddRange(parts);
        return value;
    }

    private void Flush(StringBuilder text)
    {
        if (text.Length > 0)
            _parts.Add(new(PartKind.Text, text.ToString()));
        text.Clear();
    }

    private enum PartKind
    {
        Text,
        Any,
        One,
        Dash,
    }

    private sealed record Part(PartKind Kind, string Text)
    {
        public static Part Anything { get; } = new(PartKind.Any, "");
    }
}
