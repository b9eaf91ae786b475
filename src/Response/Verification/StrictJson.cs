using System.Globalization;
using System.Text;

namespace SentinelHealth.Response.Verification;

/// <summary>One value of a document in canonical form, with the bytes it stands in.</summary>
internal sealed class StrictValue(ReadOnlyMemory<byte> bytes)
{
    /// <summary>The value's own bytes: what was hashed when it was written.</summary>
    public ReadOnlyMemory<byte> Bytes { get; set; } = bytes;

    public IReadOnlyDictionary<string, StrictValue>? Members { get; init; }

    public IReadOnlyList<StrictValue>? Items { get; init; }

    public string? Text { get; init; }

    public bool IsNull => Bytes.Span.SequenceEqual("null"u8);

    public StrictValue Member(string name) => Members?.GetValueOrDefault(name)
        ?? throw new VerificationException($"The member {name} is missing.");

    public StrictValue? Find(string name) => Members?.GetValueOrDefault(name) is { IsNull: false } value ? value : null;

    public string TextOf(string name) => Member(name).Text ?? throw new VerificationException($"The member {name} is not a text.");

    public IReadOnlyList<StrictValue> ItemsOf(string name) =>
        Member(name).Items ?? throw new VerificationException($"The member {name} is not a list.");

    public long NumberOf(string name) => Member(name).Number();

    public long Number() => long.TryParse(
        Encoding.ASCII.GetString(Bytes.Span), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
        ? number
        : throw new VerificationException("A number is expected.");

    public byte[] HexOf(string name) => Hex(TextOf(name));

    /// <summary>Lower-case hex, with or without 0x.</summary>
    public static byte[] Hex(string text)
    {
        var digits = text.StartsWith("0x", StringComparison.Ordinal) ? text[2..] : text;
        if (digits.Length % 2 != 0 || digits.Any(digit => digit is not ((>= '0' and <= '9') or (>= 'a' and <= 'f'))))
            throw new VerificationException("A text is not lower-case hex.");
        return Convert.FromHexString(digits);
    }

    public byte[] Base64Of(string name)
    {
        var text = TextOf(name);
        var bytes = new byte[text.Length];
        if (!Convert.TryFromBase64String(text, bytes, out var length) || Convert.ToBase64String(bytes, 0, length) != text)
            throw new VerificationException($"The member {name} is not base64.");
        return bytes[..length];
    }
}

/// <summary>
/// Reads JSON that is in canonical form (RFC 8785) and refuses any other: members out of order or twice, space, escapes that are not
/// needed. So the bytes read are the bytes that were hashed, and there is nothing to hide between them.
/// </summary>
internal ref struct StrictJson
{
    private const int DepthMax = 72;

    private readonly ReadOnlyMemory<byte> _source;
    private readonly ReadOnlySpan<byte> _bytes;
    private int _at;

    private StrictJson(ReadOnlyMemory<byte> source)
    {
        _source = source;
        _bytes = source.Span;
    }

    /// <exception cref="VerificationException">It is not canonical JSON.</exception>
    public static StrictValue Read(ReadOnlyMemory<byte> source)
    {
        var reader = new StrictJson(source);
        var value = reader.Value(0);
        return reader._at == reader._bytes.Length ? value : throw reader.Wrong("more than one value");
    }

    /// <summary>One value a line, each line ended by a line feed.</summary>
    public static List<StrictValue> ReadLines(ReadOnlyMemory<byte> source)
    {
        var lines = new List<StrictValue>();
        while (source.Length > 0)
        {
            var end = source.Span.IndexOf((byte)'\n');
            if (end < 0)
                throw new VerificationException("The last line has no end.");
            lines.Add(Read(source[..end]));
            source = source[(end + 1)..];
        }
        return lines;
    }

    private StrictValue Value(int depth)
    {
        if (depth > DepthMax)
            throw Wrong("nesting");
        var start = _at;
        var value = Next() switch
        {
            (byte)'{' => Object(depth),
            (byte)'[' => Array(depth),
            (byte)'"' => new StrictValue(default) { Text = String() },
            _ => Literal(),
        };
        value.Bytes = _source[start.._at];
        return value;
    }

    private StrictValue Object(int depth)
    {
        var members = new Dictionary<string, StrictValue>(StringComparer.Ordinal);
        var last = (string?)null;
        Take((byte)'{');
        while (Next() != '}')
        {
            if (last is not null)
                Take((byte)',');
            var name = String();
            if (last is not null && string.CompareOrdinal(last, name) >= 0)
                throw Wrong($"the member {name}, out of order");
            last = name;
            Take((byte)':');
            members[name] = Value(depth + 1);
        }
        Take((byte)'}');
        return new StrictValue(default) { Members = members };
    }

    private StrictValue Array(int depth)
    {
        var items = new List<StrictValue>();
        Take((byte)'[');
        while (Next() != ']')
        {
            if (items.Count > 0)
                Take((byte)',');
            items.Add(Value(depth + 1));
        }
        Take((byte)']');
        return new StrictValue(default) { Items = items };
    }

    private StrictValue Literal()
    {
        var start = _at;
        while (_at < _bytes.Length && _bytes[_at] is not ((byte)',' or (byte)'}' or (byte)']'))
            _at++;
        var token = Encoding.ASCII.GetString(_bytes[start.._at]);
        var isNumber = token.Length is > 0 and < 32 && token.All(unit => unit is (>= '0' and <= '9') or '-' or '+' or '.' or 'e')
            && double.TryParse(token, NumberStyles.Float, CultureInfo.InvariantCulture, out _);
        return isNumber || token is "true" or "false" or "null" ? new StrictValue(default) : throw Wrong($"the word {token}");
    }

    private string String()
    {
        Take((byte)'"');
        var text = new StringBuilder();
        while (Next() != '"')
        {
            if (_bytes[_at] == '\\')
                text.Append(Escape());
            else if (_bytes[_at] < ' ')
                throw Wrong("a bare control character");
            else
                text.Append(Rune());
        }
        Take((byte)'"');
        return text.ToString();
    }

    private string Rune()
    {
        if (System.Text.Rune.DecodeFromUtf8(_bytes[_at..], out var rune, out var length) != System.Buffers.OperationStatus.Done)
            throw Wrong("bytes that are not UTF-8");
        _at += length;
        return rune.ToString();
    }

    /// <summary>Only what must be escaped may be, and only in its shortest way.</summary>
    private char Escape()
    {
        _at++;
        var kind = (char)Next();
        _at++;
        switch (kind)
        {
            case '"' or '\\': return kind;
            case 'b': return '\b';
            case 'f': return '\f';
            case 'n': return '\n';
            case 'r': return '\r';
            case 't': return '\t';
            case 'u' when _at + 4 <= _bytes.Length:
                var digits = Encoding.ASCII.GetString(_bytes.Slice(_at, 4));
                _at += 4;
                if (digits.StartsWith("00", StringComparison.Ordinal) && StrictValue.Hex(digits)[1] is < 0x20 and var unit
                    && unit is not (8 or 9 or 10 or 12 or 13))
                    return (char)unit;
                break;
        }
        throw Wrong("an escape that is not needed");
    }

    private readonly byte Next() => _at < _bytes.Length ? _bytes[_at] : throw Wrong("the end");

    private void Take(byte expected)
    {
        if (Next() != expected)
            throw Wrong($"'{(char)_bytes[_at]}' where '{(char)expected}' belongs");
        _at++;
    }

    private readonly VerificationException Wrong(string what) => new($"Not canonical JSON at byte {_at}: {what}.");
}
