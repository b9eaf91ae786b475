using System.Buffers.Text;
using System.Text;

namespace SentinelHealth.Detection.Rules.Sigma;

/// <summary>A path of records, resolved once by <see cref="SigmaRecord.PathOf"/>. It belongs to that record.</summary>
/// <param name="Index">Its number.</param>
public readonly record struct SigmaPath(int Index);

/// <summary>A record as rules see it: every value, by the fields that some rule asks for.</summary>
/// <remarks>
/// A reusable buffer with one owner thread, filled from JSON (<see cref="TryRead"/>) or value by value (<see cref="Begin"/>, <c>Add</c>). Once it
/// has met the paths of a kind of record, filling it allocates nothing. A record has at most <see cref="ValuesMax"/> values and
/// <see cref="DepthMax"/> levels; what is beyond is refused.
/// </remarks>
public sealed partial class SigmaRecord
{
    /// <summary>Values of a record at most.</summary>
    public const int ValuesMax = 4_096;

    /// <summary>Levels of a record at most.</summary>
    public const int DepthMax = 64;

    private readonly SigmaPathTable _paths;
    private readonly bool _isSearchedWhole;
    private readonly Head[] _heads;
    private readonly List<int> _headsInUse = [];
    private readonly byte[] _number = new byte[32];
    private Value[] _values = new Value[64];
    private Link[] _links = new Link[64];
    private byte[] _texts = new byte[16_384];
    private byte[] _lower = new byte[16_384];
    private int _valueCount, _seenCount, _linkCount, _textsUsed;
    private int _lowered = -1, _lowerUsed;
    private bool _isAscii;

    /// <param name="fields">Indices of the fields that rules ask for.</param>
    /// <param name="map">Where they are found.</param>
    /// <param name="isSearchedWhole">Whether some rule looks for words within every value.</param>
    internal SigmaRecord(Dictionary<string, int> fields, SigmaFieldMap map, bool isSearchedWhole = true)
    {
        _isSearchedWhole = isSearchedWhole;
        Map = map;
        _paths = new SigmaPathTable(fields, map);
        _heads = new Head[fields.Count];
        Array.Fill(_heads, Head.Empty);
    }

    /// <summary>Where fields are found.</summary>
    internal SigmaFieldMap Map { get; }

    internal int ValueCount => _valueCount;

    /// <summary>Fields that have a value, of null at least.</summary>
    internal ReadOnlySpan<int> FieldsInUse => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_headsInUse);

    /// <summary>Forgets the values of the record before.</summary>
    public void Begin()
    {
        foreach (var field in _headsInUse)
            _heads[field] = Head.Empty;
        _headsInUse.Clear();
        (_valueCount, _seenCount, _linkCount, _textsUsed) = (0, 0, 0, 0);
        _lowered = -1;
    }

    /// <summary>Looks up a dotted path, such as <c>actor.user.name</c>. Done once for each path, it allocates.</summary>
    public SigmaPath PathOf(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return new(_paths.Add(path));
    }

    /// <summary>Whether some rule asks for what stands at a path; what none asks for need not be added.</summary>
    internal bool IsAsked(SigmaPath path) => _isSearchedWhole || _paths[path.Index].Length > 0;

    /// <summary>Adds a text value in UTF-8.</summary>
    /// <exception cref="InvalidOperationException">The record has <see cref="ValuesMax"/> values.</exception>
    public void Add(SigmaPath path, ReadOnlySpan<byte> text)
    {
        text.CopyTo(RoomFor(text.Length));
        Append(_paths[path.Index], text.Length, isNull: false);
    }

    /// <summary>Adds a whole number.</summary>
    public void Add(SigmaPath path, long number)
    {
        Utf8Formatter.TryFormat(number, _number, out var written);
        Add(path, _number.AsSpan(0, written));
    }

    /// <summary>Adds a number, written as shortly as it reads back.</summary>
    public void Add(SigmaPath path, double number)
    {
        number.TryFormat(_number, out var written, default, System.Globalization.CultureInfo.InvariantCulture);
        Add(path, _number.AsSpan(0, written));
    }

    /// <summary>Adds a truth value.</summary>
    public void Add(SigmaPath path, bool isTrue) => Add(path, isTrue ? "true"u8 : "false"u8);

    /// <summary>Adds the statement that there is no value.</summary>
    public void AddNull(SigmaPath path)
    {
        RoomFor(0);
        Append(_paths[path.Index], 0, isNull: true);
    }

    /// <summary>The first value of a field, as a link; -1 when it has none.</summary>
    internal int FirstOf(int field) => _heads[field].First;

    /// <summary>The next value of the same field, as a link; -1 after the last.</summary>
    internal int NextOf(int link) => _links[link].Next;

    /// <summary>The value that a link stands for.</summary>
    internal int ValueOf(int link) => _links[link].Value;

    internal bool IsNull(int value) => _values[value].IsNull;

    internal bool IsAscii(int value)
    {
        MakeLower();
        return _isAscii || Ascii.IsValid(Text(value));
    }

    internal ReadOnlySpan<byte> Text(int value) => _texts.AsSpan(_values[value].Start, _values[value].Length);

    /// <summary>The text in lower case, made when a first one of the record is asked for.</summary>
    internal ReadOnlySpan<byte> LowerText(int value)
    {
        MakeLower();
        ref readonly var one = ref _values[value];
        return _isAscii ? _lower.AsSpan(one.Start, one.Length) : _lower.AsSpan(one.LowerStart, one.LowerLength);
    }

    /// <summary>All texts in lower case, one after the other.</summary>
    internal ReadOnlySpan<byte> LowerTexts
    {
        get
        {
            MakeLower();
            return _lower.AsSpan(0, _lowerUsed);
        }
    }

    /// <summary>Whether every value of a field is of ASCII letters only.</summary>
    internal bool IsAsciiOf(int field)
    {
        for (var link = FirstOf(field); link >= 0; link = NextOf(link))
        {
            if (!IsAscii(ValueOf(link)))
                return false;
        }
        return true;
    }

    /// <summary>Room for the next value's text; <see cref="Append"/> then takes it.</summary>
    private Span<byte> RoomFor(int bytes)
    {
        CountValue();
        MakeRoom(bytes);
        return _texts.AsSpan(_textsUsed, bytes);
    }

    private void CountValue()
    {
        if (++_seenCount > ValuesMax)
            throw new InvalidOperationException($"The record has more than {ValuesMax} values.");
    }

    private void MakeRoom(int bytes)
    {
        if (_textsUsed + bytes > _texts.Length)
            Array.Resize(ref _texts, Math.Max(_texts.Length * 2, _textsUsed + bytes));
    }

    private void Append(SigmaPathTarget[] targets, int length, bool isNull)
    {
        if (_valueCount == _values.Length)
            Array.Resize(ref _values, _values.Length * 2);
        _values[_valueCount] = new Value(isNull, _textsUsed, length);
        _textsUsed += length;
        foreach (var target in targets)
            AddLink(target);
        _valueCount++;
    }

    /// <summary>Makes the lower case of all texts at once; only where there is more than ASCII, of one after the other.</summary>
    private void MakeLower()
    {
        if (_lowered == _valueCount)
            return;
        (_lowered, _lowerUsed) = (_valueCount, _textsUsed);
        if (_lower.Length < _textsUsed)
            _lower = new byte[_texts.Length];
        _isAscii = Ascii.ToLower(_texts.AsSpan(0, _textsUsed), _lower, out _) == System.Buffers.OperationStatus.Done;
        if (_isAscii)
            return;
        _lowerUsed = 0;
        for (var value = 0; value < _valueCount; value++)
        {
            ref var one = ref _values[value];
            var needed = _lowerUsed + SigmaText.LowerBytesMax(one.Length);
            if (needed > _lower.Length)
                Array.Resize(ref _lower, Math.Max(_lower.Length * 2, needed));
            one.LowerStart = _lowerUsed;
            one.LowerLength = SigmaText.Lower(_texts.AsSpan(one.Start, one.Length), _lower.AsSpan(_lowerUsed), out _);
            _lowerUsed += one.LowerLength;
        }
    }

    /// <summary>Puts the newest value behind the others of a field; a better place pushes out what a worse one had.</summary>
    private void AddLink(SigmaPathTarget target)
    {
        ref var head = ref _heads[target.Field];
        if (target.Rank > head.Rank)
            return;
        if (_linkCount == _links.Length)
            Array.Resize(ref _links, _links.Length * 2);
        if (head.First < 0)
            _headsInUse.Add(target.Field);
        _links[_linkCount] = new Link(_valueCount, -1);
        if (target.Rank < head.Rank)
            head = new Head(_linkCount, _linkCount, target.Rank);
        else
        {
            _links[head.Last].Next = _linkCount;
            head = head with { Last = _linkCount };
        }
        _linkCount++;
    }

    private readonly record struct Head(int First, int Last, int Rank)
    {
        public static Head Empty { get; } = new(-1, -1, int.MaxValue);
    }

    private record struct Link(int Value, int Next);

    private record struct Value(bool IsNull, int Start, int Length)
    {
        /// <summary>Where its lower case is, in a record that has more than ASCII.</summary>
        public int LowerStart { get; set; }

        public int LowerLength { get; set; }
    }
}
