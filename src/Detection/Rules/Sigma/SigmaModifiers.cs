using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace SentinelHealth.Detection.Rules.Sigma;

/// <summary>A field name with its modifiers, applied from left to right to the values beside it.</summary>
/// <remarks>Sigma specification 2.1.0, appendix "Value modifiers". An unknown modifier, or one that cannot follow another, ends the rule.</remarks>
internal sealed class SigmaModifiers
{
    private static readonly string[] TimeParts = ["minute", "hour", "day", "week", "month", "year"];

    private readonly long _line;
    private readonly IReadOnlyDictionary<string, IReadOnlyList<string>> _placeholders;
    private readonly ICollection<string> _missing;
    private readonly List<string> _names;
    private RegexOptions _regex = RegexOptions.CultureInvariant;
    private SigmaPlace _place = SigmaPlace.Whole;
    private Encoding? _encoding;
    private bool _isCased, _isRegex, _isCidr, _isExists, _isField, _isNegated;
    private SigmaComparison? _comparison;
    private SigmaTimePart? _timePart;

    /// <param name="key">The key as it stands in the rule, such as <c>CommandLine|contains|all</c>.</param>
    /// <param name="line">Its line.</param>
    /// <param name="placeholders">Values of placeholders.</param>
    /// <param name="missing">Receives placeholders without a value.</param>
    public SigmaModifiers(
        string key, long line, IReadOnlyDictionary<string, IReadOnlyList<string>> placeholders, ICollection<string> missing)
    {
        (_line, _placeholders, _missing) = (line, placeholders, missing);
        var parts = key.Split('|');
        Field = parts[0];
        _names = [.. parts.Skip(1)];
        IsAll = _names.Contains("all");
    }

    /// <summary>The field; empty for a search in every value.</summary>
    public string Field { get; }

    /// <summary>Whether every value must match, instead of one.</summary>
    public bool IsAll { get; }

    /// <summary>The condition that the values stand for.</summary>
    public SigmaExpression Apply(IReadOnlyList<SigmaValue> values)
    {
        if (values.Count == 0)
            throw Fault("A list of values is empty.");
        var current = values.ToList();
        foreach (var name in _names)
            current = Apply(name, current);
        if (_encoding is not null)
            throw Fault("utf16, utf16le, utf16be and wide must be followed by base64 or base64offset.");
        var terms = current.Select(value => (SigmaExpression)new SigmaTerm(Field, TestOf(value))).ToList();
        var joined = IsAll ? SigmaExpression.All(terms) : SigmaExpression.Any(terms);
        return _isNegated ? new SigmaNot(joined) : joined;
    }

    private List<SigmaValue> Apply(string name, List<SigmaValue> values)
    {
        switch (name)
        {
            case "all":
                return values;
            case "contains":
                return At(SigmaPlace.Anywhere, values, value => value.OpenAtStart().OpenAtEnd());
            case "startswith":
                return At(SigmaPlace.Start, values, value => value.OpenAtEnd());
            case "endswith":
                return At(SigmaPlace.End, values, value => value.OpenAtStart());
            case "windash":
                return Each(values, value => value.WithAnyDash());
            case "base64":
                return Each(values, value => SigmaValue.Plain(Convert.ToBase64String(BytesOf(value))), endsEncoding: true);
            case "base64offset":
                return Encoded(values);
            case "expand":
                return [.. values.SelectMany(Expand)];
            case "utf16le" or "wide":
                return Encode(Encoding.Unicode, values);
            case "utf16be":
                return Encode(Encoding.BigEndianUnicode, values);
            case "utf16":
                return Encode(new UnicodeEncoding(bigEndian: false, byteOrderMark: true), values);
            default:
                SetKind(name);
                return values;
        }
    }

    private void SetKind(string name)
    {
        switch (name)
        {
            case "cased": _isCased = true; break;
            case "neq": _isNegated = true; break;
            case "re": _isRegex = true; break;
            case "cidr": _isCidr = true; break;
            case "exists": _isExists = true; break;
            case "fieldref": _isField = true; break;
            case "lt": _comparison = SigmaComparison.Less; break;
            case "lte": _comparison = SigmaComparison.LessOrEqual; break;
            case "gt": _comparison = SigmaComparison.Greater; break;
            case "gte": _comparison = SigmaComparison.GreaterOrEqual; break;
            case "i" or "m" or "s" when _isRegex:
                _regex |= name == "i" ? RegexOptions.IgnoreCase : name == "m" ? RegexOptions.Multiline : RegexOptions.Singleline;
                break;
            default:
                _timePart = Array.IndexOf(TimeParts, name) is var part and >= 0
                    ? (SigmaTimePart)part
                    : throw Fault($"The modifier '{name}' is unknown or does not belong here.");
                break;
        }
    }

    private SigmaTest TestOf(SigmaValue value)
    {
        if (Field.Length == 0 && (_isExists || _isField || value.IsNull || _comparison is not null || _timePart is not null))
            throw Fault("This needs a field.");
        if (_isExists)
            return new ExistsTest(value.Raw is "true" or "True" ? true : value.Raw is "false" or "False" ? false : throw Fault("exists takes true or false."));
        if (value.IsNull)
            return _names.All(name => name is "all" or "neq" or "cased") ? new NullTest() : throw Fault("null takes no modifier.");
        if (_isRegex)
            return new RegexTest(CheckedRegex(value.Raw), _regex);
        if (_isCidr)
            return new CidrTest(NetworkOf(value.Raw));
        if (_isField)
            return new FieldTest(value.Raw, _place, _isCased);
        if (_timePart is { } part)
            return new TimePartTest(part, (int)NumberOf(value.Raw));
        if (_comparison is { } comparison)
            return new CompareTest(comparison, NumberOf(value.Raw));
        var open = Field.Length == 0 && _place == SigmaPlace.Whole ? value.OpenAtStart().OpenAtEnd() : value;
        return new TextTest(open.ToPattern(_isCased));
    }

    private List<SigmaValue> At(SigmaPlace place, List<SigmaValue> values, Func<SigmaValue, SigmaValue> open)
    {
        _place = place;
        return _isRegex || _isField ? values : Each(values, open);
    }

    private List<SigmaValue> Each(List<SigmaValue> values, Func<SigmaValue, SigmaValue> change, bool endsEncoding = false)
    {
        var changed = values.Select(value => value.IsNull ? throw Fault("null takes no modifier.") : change(value)).ToList();
        if (endsEncoding)
            _encoding = null;
        return changed;
    }

    private List<SigmaValue> Encode(Encoding encoding, List<SigmaValue> values)
    {
        _encoding = _encoding is null ? encoding : throw Fault("A value has one encoding.");
        return values;
    }

    /// <summary>Base64 of a text that stands anywhere within other text: the characters that do not depend on what is around, at each of three offsets.</summary>
    private List<SigmaValue> Encoded(List<SigmaValue> values)
    {
        int[] from = [0, 2, 3], cut = [0, 3, 2];
        var encoded = values.SelectMany(value =>
        {
            var bytes = BytesOf(value);
            return Enumerable.Range(0, 3).Select(offset =>
            {
                var text = Convert.ToBase64String([.. new byte[offset].Select(_ => (byte)' '), .. bytes]);
                var end = text.Length - cut[(bytes.Length + offset) % 3];
                return SigmaValue.Plain(end > from[offset] ? text[from[offset]..end] : throw Fault("The value is too short for base64offset."));
            });
        }).ToList();
        _encoding = null;
        return encoded;
    }

    private byte[] BytesOf(SigmaValue value)
    {
        var text = value.PlainText() ?? throw Fault("base64 and base64offset take no wildcards.");
        var encoding = _encoding ?? Encoding.UTF8;
        byte[] mark = IsMarked && _encoding is not null ? encoding.GetPreamble() : [];
        return [.. mark, .. encoding.GetBytes(text)];
    }

    /// <summary>Only <c>utf16</c> begins with a byte order mark.</summary>
    private bool IsMarked => _names.Contains("utf16");

    private IEnumerable<SigmaValue> Expand(SigmaValue value)
    {
        var match = Regex.Match(value.Raw, "%([^%\\s]+)%", RegexOptions.NonBacktracking);
        if (!match.Success)
            throw Fault("expand takes a value with a %placeholder%.");
        if (!_placeholders.TryGetValue(match.Groups[1].Value, out var replacements))
        {
            _missing.Add(match.Groups[1].Value);
            return [value];
        }
        return replacements.Select(text => SigmaValue.Parse(value.Raw.Replace(match.Value, text, StringComparison.Ordinal)))
            .SelectMany(expanded => expanded.Raw.Contains('%', StringComparison.Ordinal)
                && Regex.IsMatch(expanded.Raw, "%[^%\\s]+%", RegexOptions.NonBacktracking) ? Expand(expanded) : [expanded]);
    }

    private string CheckedRegex(string expression)
    {
        try
        {
            _ = new Regex(expression, _regex);
            return expression;
        }
        catch (ArgumentException fault)
        {
            throw Fault($"The regular expression is not valid: {fault.Message}");
        }
    }

    private IPNetwork NetworkOf(string text) => IPNetwork.TryParse(text, out var network) ? network
        : IPAddress.TryParse(text, out var address) ? new IPNetwork(address, address.GetAddressBytes().Length * 8)
        : throw Fault($"'{text}' is no network in CIDR notation.");

    private double NumberOf(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)
            ? number
            : throw Fault($"'{text}' is no number.");

    private SigmaFault Fault(string reason) => new(_line, reason);
}
