using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace SentinelHealth.Detection.Rules.Sigma;

/// <summary>A test of a field, as it is run: equal tests of all rules are one atom, answered once a record.</summary>
internal sealed class SigmaAtom
{
    /// <summary>A regular expression that runs longer counts as no match; only those that need backtracking can.</summary>
    private static readonly TimeSpan RegexLimit = TimeSpan.FromMilliseconds(50);

    /// <summary>What it costs to ask whenever the field is there, and to be told of what everyday records hold.</summary>
    private const int UnfoundCost = 400, EverydayCost = 300;

    private readonly Regex? _regex;
    private readonly int _otherField;
    private long _timeoutCount;

    /// <param name="field">The field's index; -1 for every value.</param>
    /// <param name="test">What its values are tested for.</param>
    /// <param name="fieldOf">Indices of fields, for tests that name another one.</param>
    public SigmaAtom(int field, SigmaTest test, Func<string, int> fieldOf)
    {
        (Field, Test) = (field, test);
        _regex = test is RegexTest regex ? Compile(regex) : null;
        _otherField = test is FieldTest other ? fieldOf(other.Other) : -1;
        NeededLiteral = test switch
        {
            TextTest { Pattern.IsCased: false } text => text.Pattern.LongestLiteral,
            TextTest text => SigmaText.Lower(Encoding.UTF8.GetString(text.Pattern.LongestLiteral)),
            RegexTest expression => SigmaRegexLiteral.Of(expression.Expression, expression.Options),
            _ => [],
        };
        IsPassedByAscii = Ascii.IsValid(NeededLiteral);
        Anchor = SigmaAnchor.Of(field, test, NeededLiteral);
    }

    public int Field { get; }

    public SigmaTest Test { get; }

    /// <summary>A text in lower case that is in every value that passes; empty when none is known.</summary>
    public byte[] NeededLiteral { get; }

    /// <summary>Whether a value of ASCII letters only may pass.</summary>
    public bool IsPassedByAscii { get; }

    /// <summary>What it is found by.</summary>
    public SigmaAnchor Anchor { get; }

    /// <summary>Whether it is found by a literal: when none was found, it does not pass.</summary>
    public bool IsFound => Anchor.Place != SigmaAnchorPlace.None;

    /// <summary>What it costs to ask, roughly; most that are found by a literal are answered without being asked.</summary>
    public int Weight => IsFound ? Test is RegexTest ? 2 : 1 : (Field < 0 ? 300 : 10) * (Test is RegexTest ? 10 : 1);

    /// <summary>The price of watching for a pass: low for what is rare; -1 when absence passes.</summary>
    public int WatchingCost => Test switch
    {
        NullTest or ExistsTest { IsThere: false } => -1,
        _ when !IsFound => UnfoundCost,
        _ => (Anchor.Longest.Length switch { >= 12 => 1, >= 8 => 2, >= 6 => 5, >= 4 => 20, _ => 100 })
            + (SigmaEveryday.Holds(Anchor.Longest) ? EverydayCost : 0),
    };

    /// <summary>Regular expressions that were given up for their time.</summary>
    public long TimeoutCount => Interlocked.Read(ref _timeoutCount);

    /// <summary>Whether the record holds a value that passes.</summary>
    public bool IsMatch(SigmaRecord record)
    {
        switch (Test)
        {
            case ExistsTest exists:
                return exists.IsThere == record.FirstOf(Field) >= 0;
            case NullTest:
                return IsAbsent(record);
            case FieldTest other:
                return IsFieldMatch(record, other);
        }
        if (Field < 0)
        {
            for (var value = 0; value < record.ValueCount; value++)
            {
                if (IsMatch(record, value))
                    return true;
            }
            return false;
        }
        for (var link = record.FirstOf(Field); link >= 0; link = record.NextOf(link))
        {
            if (IsMatch(record, record.ValueOf(link)))
                return true;
        }
        return false;
    }

    private bool IsMatch(SigmaRecord record, int value) => !record.IsNull(value) && Test switch
    {
        TextTest text => (IsPassedByAscii || !record.IsAscii(value))
            && text.Pattern.IsMatch(text.Pattern.IsCased ? record.Text(value) : record.LowerText(value)),
        RegexTest => record.LowerText(value).IndexOf(NeededLiteral) >= 0 && IsRegexMatch(record.Text(value)),
        CidrTest cidr => SigmaAddress.IsWithin(cidr.Network, record.Text(value)),
        CompareTest compare => TryNumber(record.Text(value), out var number) && Holds(compare, number),
        TimePartTest part => TryTime(record.Text(value), out var at) && PartOf(at, part.Part) == part.Number,
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private bool IsAbsent(SigmaRecord record)
    {
        for (var link = record.FirstOf(Field); link >= 0; link = record.NextOf(link))
        {
            if (!record.IsNull(record.ValueOf(link)))
                return false;
        }
        return true;
    }

    private bool IsFieldMatch(SigmaRecord record, FieldTest test)
    {
        for (var link = record.FirstOf(Field); link >= 0; link = record.NextOf(link))
        {
            for (var otherLink = record.FirstOf(_otherField); otherLink >= 0; otherLink = record.NextOf(otherLink))
            {
                if (IsFieldMatch(record, record.ValueOf(link), record.ValueOf(otherLink), test))
                    return true;
            }
        }
        return false;
    }

    private static bool IsFieldMatch(SigmaRecord record, int mine, int other, FieldTest test) =>
        !record.IsNull(mine) && !record.IsNull(other) && Fits(
            test.IsCased ? record.Text(mine) : record.LowerText(mine),
            test.IsCased ? record.Text(other) : record.LowerText(other), test.Place);

    private static bool Fits(ReadOnlySpan<byte> mine, ReadOnlySpan<byte> other, SigmaPlace place) => place switch
    {
        SigmaPlace.Start => mine.StartsWith(other),
        SigmaPlace.End => mine.EndsWith(other),
        SigmaPlace.Anywhere => mine.IndexOf(other) >= 0,
        _ => mine.SequenceEqual(other),
    };

    private bool IsRegexMatch(ReadOnlySpan<byte> text)
    {
        char[]? rented = null;
        var charsMax = Encoding.UTF8.GetMaxCharCount(text.Length);
        var chars = charsMax <= 512 ? stackalloc char[512] : rented = System.Buffers.ArrayPool<char>.Shared.Rent(charsMax);
        try
        {
            return _regex!.IsMatch(chars[..Encoding.UTF8.GetChars(text, chars)]);
        }
        catch (RegexMatchTimeoutException)
        {
            Interlocked.Increment(ref _timeoutCount);
            return false;
        }
        finally
        {
            if (rented is not null)
                System.Buffers.ArrayPool<char>.Shared.Return(rented);
        }
    }

    private static Regex Compile(RegexTest test)
    {
        try
        {
            return new Regex(test.Expression, test.Options | RegexOptions.NonBacktracking);
        }
        catch (NotSupportedException)
        {
            return new Regex(test.Expression, test.Options, RegexLimit);
        }
    }

    private static bool Holds(CompareTest compare, double number) => compare.Comparison switch
    {
        SigmaComparison.Less => number < compare.Bound,
        SigmaComparison.LessOrEqual => number <= compare.Bound,
        SigmaComparison.Greater => number > compare.Bound,
        _ => number >= compare.Bound,
    };

    private static bool TryNumber(ReadOnlySpan<byte> text, out double number) =>
        Utf8Parser.TryParse(text, out number, out var consumed) && consumed == text.Length && double.IsFinite(number);

    private static bool TryTime(ReadOnlySpan<byte> text, out DateTimeOffset at)
    {
        Span<char> chars = stackalloc char[64];
        at = default;
        return text.Length <= 64 && DateTimeOffset.TryParse(
            chars[..Encoding.UTF8.GetChars(text, chars)], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out at);
    }

    private static int PartOf(DateTimeOffset at, SigmaTimePart part) => part switch
    {
        SigmaTimePart.Minute => at.Minute,
        SigmaTimePart.Hour => at.Hour,
        SigmaTimePart.Day => at.Day,
        SigmaTimePart.Week => ISOWeek.GetWeekOfYear(at.DateTime),
        SigmaTimePart.Month => at.Month,
        _ => at.Year,
    };
}
